"""Compile the CUDA kernels to the PTX that is shipped, with the NVRTC library that this machine has: ./dev kernels."""

import ctypes
import ctypes.util
import glob
import hashlib
import os
import re
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "cuda/src/main/resources/pie/cuda/kernels"
FILES = ["common", "rows", "gemm", "attention", "sample"]  # KernelSource.FILES
PTX_VERSION = "7.1"  # KernelSource.PTX_VERSION
OPTIONS = ["--gpu-architecture=compute_80", "--std=c++17", "--device-int128"]
FORMATS = {"f16": [], "bf16": ["-DPIE_BF16"]}
PLACES = [
    "/usr/local/cuda*/lib64/libnvrtc.so*",
    "/usr/lib/x86_64-linux-gnu/libnvrtc.so*",
    *(p + "/nvidia/cuda_nvrtc/lib/libnvrtc.so*" for p in sys.path if p),
]


def library():
    """Load the library that PIE_NVRTC names, else the first one found."""
    names = [os.environ["PIE_NVRTC"]] if "PIE_NVRTC" in os.environ else []
    if not names:
        found = ctypes.util.find_library("nvrtc")
        names = ([found] if found else []) + [p for place in PLACES for p in sorted(glob.glob(place))]
    for name in names:
        try:
            return ctypes.CDLL(name)
        except OSError as e:
            print(f"{name}: {e}", file=sys.stderr)
    sys.exit(
        "no NVRTC here: install the CUDA toolkit, or unpack the Python package nvidia-cuda-nvrtc-cu12, "
        "and name the library with PIE_NVRTC=/path/to/libnvrtc.so.12"
    )


def text(nvrtc, program, size, read):
    """Return what a pair of NVRTC's functions tells of a program."""
    count = ctypes.c_size_t()
    getattr(nvrtc, size)(program, ctypes.byref(count))
    buffer = ctypes.create_string_buffer(max(1, count.value))
    getattr(nvrtc, read)(program, buffer)
    return buffer.value.decode()


def ptx(nvrtc, source, options):
    program = ctypes.c_void_p()
    if nvrtc.nvrtcCreateProgram(ctypes.byref(program), source, b"pie.cu", 0, None, None):
        sys.exit("NVRTC makes no program")
    arguments = (ctypes.c_char_p * len(options))(*(o.encode() for o in options))
    failed = nvrtc.nvrtcCompileProgram(program, len(options), arguments)
    log = text(nvrtc, program, "nvrtcGetProgramLogSize", "nvrtcGetProgramLog")
    if log:
        print(log, file=sys.stderr)
    if failed:
        sys.exit(f"the kernels do not compile: NVRTC answered {failed}")
    return text(nvrtc, program, "nvrtcGetPTXSize", "nvrtcGetPTX")


def main():
    nvrtc = library()
    major, minor = ctypes.c_int(), ctypes.c_int()
    nvrtc.nvrtcVersion(ctypes.byref(major), ctypes.byref(minor))
    source = b"".join((FOLDER / f"{name}.cu").read_bytes() for name in FILES)
    digest = hashlib.sha256(source).hexdigest()
    for name, options in FORMATS.items():
        made = re.sub(r"(?m)^\.version .*$", f".version {PTX_VERSION}", ptx(nvrtc, source, OPTIONS + options), count=1)
        (FOLDER / f"pie-{name}.ptx").write_text(f"// source {digest}\n{made}")
        print(f"pie-{name}.ptx: {len(made)} characters, by NVRTC {major.value}.{minor.value}")


if __name__ == "__main__":
    main()
