"""Make dequantization.json: random blocks of every GGUF type and what the Python package gguf decodes them to.

Needs `pip install gguf`. Usage: python make_dequantization.py > ../resources/pie/engine/model/dequantization.json
"""

import base64
import json

import gguf
import numpy as np

ROWS = 3
HALVES = {"Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0], "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208]}
random = np.random.default_rng(7)


def packed(name, columns):
    if name == "F32":
        return random.standard_normal((ROWS, columns)).astype(np.float32).view(np.uint8)
    if name == "F16":
        return random.standard_normal((ROWS, columns)).astype(np.float16).view(np.uint8)
    if name == "BF16":
        return (random.standard_normal((ROWS, columns)).astype(np.float32).view(np.uint32) >> 16).astype(np.uint16).view(np.uint8)
    block, size = gguf.GGML_QUANT_SIZES[gguf.GGMLQuantizationType[name]]
    blocks = random.integers(0, 256, (ROWS, columns // block, size), dtype=np.uint8)
    for at in HALVES[name]:
        scale = random.standard_normal((ROWS, columns // block)).astype(np.float16)
        blocks[:, :, at : at + 2] = scale[..., None].view(np.uint8)
    return blocks.reshape(ROWS, -1)


def main():
    cases = []
    for name in ["F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K"]:
        columns = 512 if name.endswith("_K") else 96
        data = np.ascontiguousarray(packed(name, columns))
        values = gguf.quants.dequantize(data, gguf.GGMLQuantizationType[name]).astype("<f4")
        cases.append(
            {
                "type": name,
                "rows": ROWS,
                "columns": columns,
                "packed": base64.b64encode(data.tobytes()).decode(),
                "values": base64.b64encode(values.tobytes()).decode(),
            }
        )
    print(json.dumps(cases, indent=0))


main()
