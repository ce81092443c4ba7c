#!/usr/bin/env python3
"""Make the fixture of DequantizerTest: random blocks of every type that pie reads, and what llama.cpp's own code makes of them.

    pip install numpy llama-cpp-python
    dequantization.py engine/src/test/resources/pie/engine/model/dequantization.json
"""
import base64
import ctypes
import json
import os
import sys

import numpy as np

# name: GGUF type, values and bytes of a block, places of half floats in it
TYPES = {
    "F32": (0, 1, 4, ()), "F16": (1, 1, 2, ()), "BF16": (30, 1, 2, ()), "Q8_0": (8, 32, 34, (0,)), "Q4_0": (2, 32, 18, (0,)),
    "Q4_1": (3, 32, 20, (0, 2)), "Q5_0": (6, 32, 22, (0,)), "Q5_1": (7, 32, 24, (0, 2)), "Q2_K": (10, 256, 84, (80, 82)),
    "Q3_K": (11, 256, 110, (108,)), "Q4_K": (12, 256, 144, (0, 2)), "Q5_K": (13, 256, 176, (0, 2)), "Q6_K": (14, 256, 210, (208,)),
    "IQ4_NL": (20, 32, 18, (0,)), "IQ4_XS": (23, 256, 136, (0,)), "MXFP4": (39, 32, 17, ()),
}
ROWS = 3


def library():
    import llama_cpp  # loads the libraries that lie beside it

    folder = os.environ.get("LLAMA_CPP_LIB_PATH", os.path.join(os.path.dirname(llama_cpp.__file__), "lib"))
    lib = ctypes.CDLL(os.path.join(folder, "libggml-base.so"))
    lib.ggml_get_type_traits.restype = ctypes.POINTER(Traits)
    return lib


class Traits(ctypes.Structure):
    _fields_ = [
        ("type_name", ctypes.c_char_p), ("blck_size", ctypes.c_int64), ("blck_size_interleave", ctypes.c_int64),
        ("type_size", ctypes.c_size_t), ("is_quantized", ctypes.c_bool),
        ("to_float", ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64))]


def case(lib, rng, name):
    number, block, size, halves = TYPES[name]
    columns = 512 if block == 256 else 96
    count = ROWS * columns // block
    if block == 1:
        floats = rng.standard_normal(count).astype(np.float32)
        packed = {"F32": floats, "F16": floats.astype(np.float16),
                  "BF16": (floats.view(np.uint32) >> 16).astype(np.uint16)}[name].view(np.uint8)
    else:
        packed = rng.integers(0, 256, (count, size), dtype=np.uint8)
        for at in halves:
            packed[:, at:at + 2] = rng.standard_normal(count).astype(np.float16).view(np.uint8).reshape(count, 2)
        if name == "MXFP4":
            packed[:, 0] = rng.integers(100, 140, count)
            packed[:3, 0] = (0, 1, 2)
    values = np.empty(ROWS * columns, np.float32)
    data = np.ascontiguousarray(packed)
    traits = lib.ggml_get_type_traits(number).contents
    assert traits.type_size == size and traits.blck_size == block, name
    if name == "F32":
        values[:] = data.view(np.float32)
    else:
        traits.to_float(data.ctypes.data, values.ctypes.data, values.size)
    text = lambda a: base64.b64encode(a.tobytes()).decode()
    return {"type": name, "rows": ROWS, "columns": columns, "packed": text(data), "values": text(values)}


if __name__ == "__main__":
    lib, rng = library(), np.random.default_rng(3)
    with open(sys.argv[1], "w") as f:
        f.write("[\n" + ",\n".join(json.dumps(case(lib, rng, name)) for name in TYPES) + "\n]\n")
