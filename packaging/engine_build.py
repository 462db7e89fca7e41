"""llama.cpp compiled for every kind of processor, from the source of the Python package that is used.

Each kind of processor gets a library of its own (`ggml-cpu-haswell`, `ggml-cpu-zen4`); the program chooses
one when it first loads a model. For graphics cards there is one more (`ggml-vulkan`), made only if asked for.
"""

from __future__ import annotations

import os
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
FOR_GRAPHICS = {"GGML_CPU_ALL_VARIANTS": "OFF", "GGML_CPU": "OFF", "GGML_VULKAN": "ON"}
"""The library for graphics cards goes with the others and is compiled apart: processors need no SDK."""
_NO_SDK = (
    "The engine for graphics cards needs the Vulkan SDK to be compiled. Install it (on Debian 13 and later: "
    "apt install libvulkan-dev glslc spirv-headers; elsewhere from https://vulkan.lunarg.com, and set "
    "VULKAN_SDK) and build again, or build without --vulkan."
)
_OLD_SDK = "The Vulkan SDK that is installed here is too old: llama.cpp does not compile with it. " + _NO_SDK
_SDK_MARK = "VkLayerSettingEXT"
"""Of what llama.cpp needs of the SDK, the newest part. 1.3.239, as in Debian 12, lacks it; 1.4.309 has it."""
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
        self._build = cache / f"engine-{self.version}-cpu"
        self.folder = self._build / "stripped"
        """The libraries as they go into the program."""
        self.trial_model = cache / TRIAL_MODEL
        """A tiny model with quantised weights, by which the program tries a library."""

    def make(self, jobs: int) -> None:
        """Compiles what has not been compiled yet.

        Raises:
            SystemExit: something that must be installed first is missing.
        """
        if self._with_vulkan:
            _require_vulkan_sdk()
        metal = {"GGML_METAL": "ON", "GGML_METAL_EMBED_LIBRARY": "ON"} if sys.platform == "darwin" else {}
        self._compile(self._build, OPTIONS | metal, jobs)
        self._collect()
        if self._with_vulkan:
            self._make_vulkan(jobs)
        if sys.platform.startswith("linux"):
            _take_openmp_along(self.folder)
        self._strip()
        self._make_trial_model()

    def _make_vulkan(self, jobs: int) -> None:
        build = self._build.with_name(f"engine-{self.version}-vulkan")
        try:
            self._compile(build, OPTIONS | FOR_GRAPHICS, jobs, "ggml-vulkan")
        except subprocess.CalledProcessError as error:
            if "--build" in error.cmd:
                raise
            raise SystemExit(_NO_SDK) from error
        for path in _built_libraries(build):
            if "ggml-vulkan" in path.name:
                shutil.copy2(path, self.folder / path.name, follow_symlinks=False)

    def _compile(self, build: Path, options: dict[str, str], jobs: int, target: str = "all") -> None:
        cmake = self._environment.tool("cmake")
        options = options | {
            "CMAKE_INSTALL_RPATH": "@loader_path" if sys.platform == "darwin" else "$ORIGIN",
        }
        # On Windows, Visual Studio's own generator finds its compiler without a prepared command line.
        with_ninja = ["-G", "Ninja", f"-DCMAKE_MAKE_PROGRAM={self._environment.tool('ninja')}"]
        generator = [] if sys.platform == "win32" else with_ninja
        chosen = [f"-D{name}={value}" for name, value in options.items()]
        subprocess.run([cmake, "-S", self._source(), "-B", build, *generator, *chosen], check=True)
        goal = [] if target == "all" else ["--target", target]
        subprocess.run([cmake, "--build", build, "--config", "Release", *goal, "-j", str(jobs)], check=True)

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
        """Copies the libraries; links stay links."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        for path in _built_libraries(self._build):
            if not path.name.startswith(_NOT_NEEDED):
                shutil.copy2(path, self.folder / path.name, follow_symlinks=False)

    def _strip(self) -> None:
        """Takes out the names for debuggers."""
        if sys.platform != "win32":
            flags = ["-x"] if sys.platform == "darwin" else ["--strip-unneeded"]
            real = [path for path in self.folder.iterdir() if not path.is_symlink()]
            subprocess.run(["strip", *flags, *real], check=True)

    def _make_trial_model(self) -> None:
        source = ROOT / "tests" / "data" / "tiny-lfm2.gguf"
        self._environment.run("-c", _QUANTISE, str(source), str(self.trial_model))


def is_library(path: Path) -> bool:
    return ".so" in path.suffixes or path.suffix in (".dylib", ".dll")


def _require_vulkan_sdk() -> None:
    """Raises SystemExit where it is missing or too old, before five minutes of compiling show it."""
    sdk = os.environ.get("VULKAN_SDK", "")
    if not (shutil.which("glslc") or sdk):
        raise SystemExit(_NO_SDK)
    folders = [Path(sdk) / name for name in ("include", "Include")] if sdk else [Path("/usr/include")]
    headers = [folder / "vulkan" / "vulkan_core.h" for folder in folders]
    found = next((header for header in headers if header.exists()), None)
    if found is None:
        raise SystemExit(_NO_SDK)
    if _SDK_MARK not in found.read_text(encoding="utf-8"):
        raise SystemExit(_OLD_SDK)


def _built_libraries(build: Path) -> list[Path]:
    """Visual Studio puts them one folder deeper than others do."""
    return sorted(path for path in (build / "bin").rglob("*") if is_library(path))


def _take_openmp_along(folder: Path) -> None:
    """Copies the OpenMP library beside the libraries that need it; not every system has it."""
    asked = subprocess.run(
        ["gcc", "-print-file-name=libgomp.so.1"], check=True, capture_output=True, text=True
    )
    library = Path(asked.stdout.strip())
    if not library.is_absolute():
        raise SystemExit("libgomp.so.1 was not found. Install libgomp1 and build again.")
    shutil.copy2(library.resolve(), folder / "libgomp.so.1")
