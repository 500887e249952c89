"""The course as a static site: its notebooks, exercises, documents and reference."""
