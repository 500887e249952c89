"""How fast the course computes, side by side with what else one would use."""
