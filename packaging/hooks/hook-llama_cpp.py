"""For PyInstaller: of llama_cpp only the modules that are imported; bundle.py puts the libraries there."""

from PyInstaller.utils.hooks import copy_metadata

datas = copy_metadata("llama-cpp-python")
