"""llama.cpp compiled for every kind of processor, from the source of the Python package that is used.

Each kind of processor gets a library of its own (`ggml-cpu-haswell`, `ggml-cpu-zen4`); the program chooses
one when it first loads a model.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from environment import Environment
from source import ROOT

OPTIONS = {
    "CMAKE_BUILD_TYPE": "Release",
    "BUILD_SHARED_LIBS": "ON",
    "GGML_NATIVE": "OFF",
    "GGML_BACKEND_DL": "ON",
    "GGML_CPU_ALL_VARIANTS": "ON",
    "LLAMA_BUILD_COMMON": "OFF",
    "LLAMA_BUILD_TESTS": "OFF",
    "LLAMA_BUILD_TOOLS": "OFF",
    "LLAMA_BUILD_EXAMPLES": "OFF",
    "LLAMA_BUILD_SERVER": "OFF",
    "LLAMA_BUILD_APP": "OFF",
    "LLAMA_BUILD_MTMD": "ON",
    "LLAMA_SUBPROCESS": "OFF",
    "LLAMA_CURL": "OFF",
    "LLAMA_OPENSSL": "OFF",
    "CMAKE_BUILD_WITH_INSTALL_RPATH": "ON",
}
_NOT_NEEDED = ("libllama-common", "llama-common")
TRIAL_MODEL = "engine-trial.gguf"
_QUANTISE = """
import ctypes, sys
import llama_cpp.llama_cpp as C
parameters = C.llama_model_quantize_default_params()
parameters.ftype = C.LLAMA_FTYPE_MOSTLY_Q4_0
failed = C.llama_model_quantize(sys.argv[1].encode(), sys.argv[2].encode(), ctypes.byref(parameters))
sys.exit(failed)
"""


class EngineBuild:
    """The compiled engine in the cache folder."""

    def __init__(self, cache: Path, environment: Environment, with_vulkan: bool) -> None:
        self._environment = environment
        self._with_vulkan = with_vulkan
        code = "import importlib.metadata as m; print(m.version('llama-cpp-python'))"
        self.version = environment.run("-c", code).strip()
        self._sources = cache / "sources"
        self._build = cache / f"engine-{self.version}-{'vulkan' if with_vulkan else 'cpu'}"
        self.folder = self._build / "stripped"
        """The libraries as they go into the program."""
        self.trial_model = cache / TRIAL_MODEL
        """A tiny model with quantised weights, by which the program tries a library."""

    def make(self, jobs: int) -> None:
        """Compiles what has not been compiled yet."""
        cmake = self._environment.tool("cmake")
        options = {
            **OPTIONS,
            "CMAKE_INSTALL_RPATH": "@loader_path" if sys.platform == "darwin" else "$ORIGIN",
        }
        if self._with_vulkan:
            options["GGML_VULKAN"] = "ON"
        if sys.platform == "darwin":
            options |= {"GGML_METAL": "ON", "GGML_METAL_EMBED_LIBRARY": "ON"}
        ninja = (
            []
            if sys.platform == "win32"
            else ["-G", "Ninja", f"-DCMAKE_MAKE_PROGRAM={self._environment.tool('ninja')}"]
        )
        chosen = [f"-D{name}={value}" for name, value in options.items()]
        subprocess.run([cmake, "-S", self._source(), "-B", self._build, *ninja, *chosen], check=True)
        subprocess.run([cmake, "--build", self._build, "--config", "Release", "-j", str(jobs)], check=True)
        self._collect()
        self._make_trial_model()

    def licences(self) -> dict[str, str]:
        """The licences of llama.cpp and of what it holds, by name."""
        texts = {"llama.cpp": (self._source() / "LICENSE").read_text(encoding="utf-8")}
        for path in sorted((self._source() / "licenses").glob("LICENSE-*")):
            texts[f"llama.cpp: {path.name.removeprefix('LICENSE-')}"] = path.read_text(encoding="utf-8")
        return texts

    def _source(self) -> Path:
        """The folder of llama.cpp in the unpacked source of llama-cpp-python."""
        unpacked = self._sources / f"llama_cpp_python-{self.version}"
        if not unpacked.exists():
            archive = self._archive()
            with tarfile.open(archive) as tar:
                tar.extractall(self._sources, filter="data")
        return unpacked / "vendor" / "llama.cpp"

    def _archive(self) -> Path:
        archive = self._sources / f"llama_cpp_python-{self.version}.tar.gz"
        if not archive.exists():
            self._sources.mkdir(parents=True, exist_ok=True)
            download = ["pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
            wanted = [f"llama-cpp-python=={self.version}", "--dest", str(self._sources)]
            subprocess.run([self._environment.tool("uvx"), *download, *wanted], check=True)
        return archive

    def _collect(self) -> None:
        """Copies the libraries without their debugging names; links stay links."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        for path in sorted((self._build / "bin").iterdir()):
            if is_library(path) and not path.name.startswith(_NOT_NEEDED):
                shutil.copy2(path, self.folder / path.name, follow_symlinks=False)
        if sys.platform.startswith("linux"):
            _take_openmp_along(self.folder)
        if sys.platform != "win32":
            flags = ["-x"] if sys.platform == "darwin" else ["--strip-unneeded"]
            real = [path for path in self.folder.iterdir() if not path.is_symlink()]
            subprocess.run(["strip", *flags, *real], check=True)

    def _make_trial_model(self) -> None:
        source = ROOT / "tests" / "data" / "tiny-lfm2.gguf"
        self._environment.run("-c", _QUANTISE, str(source), str(self.trial_model))


def is_library(path: Path) -> bool:
    return ".so" in path.suffixes or path.suffix in (".dylib", ".dll")


def _take_openmp_along(folder: Path) -> None:
    """Copies the OpenMP library beside the libraries that need it; not every system has it."""
    asked = subprocess.run(
        ["gcc", "-print-file-name=libgomp.so.1"], check=True, capture_output=True, text=True
    )
    library = Path(asked.stdout.strip())
    if not library.is_absolute():
        raise SystemExit("libgomp.so.1 was not found. Install libgomp1 and build again.")
    shutil.copy2(library.resolve(), folder / "libgomp.so.1")
