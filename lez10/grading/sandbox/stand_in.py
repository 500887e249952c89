"""What students' notebooks get for `lez10` where a class is graded: nothing.

All of it can be imported and named, since notebooks begin with that; whatever is done
with it raises Forbidden. Nothing but the standard library is needed.
"""

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, NoReturn

from lez10.grading.calling import Forbidden

# What Python looks up in a class when a value is used.
USES = (
    "call abs add and bool bytes complex contains enter eq float floordiv format ge "
    "getitem gt index int invert iter le len lshift lt matmul mod mro_entries mul ne "
    "neg next or pos pow radd rand reversed rfloordiv rlshift rmatmul rmod rmul ror "
    "round rpow rrshift rshift rsub rtruediv rxor setitem sub truediv xor array "
    "array_function array_ufunc"
).split()


class Absent:
    """Something of lez10 that is not there."""

    __hash__ = object.__hash__

    def __init__(self, name: str):
        self.__name__ = name

    def __getattr__(self, name: str) -> "Absent":
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent(f"{self.__name__}.{name}")


def use(self: Absent, *_: Any, **__: Any) -> NoReturn:
    """Raise Forbidden, whatever is done with it."""
    raise Forbidden(
        f"{self.__name__} is not there when a class is graded, so write what you need "
        "of it yourself"
    )


for name in USES:
    setattr(Absent, f"__{name}__", use)


class StandIn(ModuleType):
    """A module in which every name is there, and nothing behind it."""

    def __getattr__(self, name: str) -> Absent:
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent(f"{self.__name__}.{name}")


class Finder(MetaPathFinder, Loader):
    """Makes `import lez10.anything` find a stand-in."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Every module of lez10, and no other."""
        ours = name.partition(".")[0] == "lez10"
        return ModuleSpec(name, self, is_package=True) if ours else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """An empty module."""
        return StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """It stays empty."""


def install() -> None:
    """Put it in the place of lez10; what has been imported goes on without its name."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "lez10"]:
        del sys.modules[name]
    sys.modules["__main__"], sys.argv = ModuleType("__main__"), [""]
    sys.meta_path.insert(0, Finder())
