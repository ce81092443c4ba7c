#!/usr/bin/env python3
"""Make the reference outputs of a real model from llama.cpp: token ids of texts, the highest logits after each, greedy continuations.

    pip install numpy llama-cpp-python
    real_reference.py MODEL.gguf OUT.json

llama.cpp rounds activations to 8 bits where weights are quantised, so logits differ from an exact computation by some tenths.
"""
import json
import os
import sys

import numpy as np

PROMPTS = [
    "The capital of France is", "Once upon a time, there was a little", "def fibonacci(n):\n    ", "In 1969, the first man",
    "Über den Wolken  muß die Freiheit wohl grenzenlos sein.\n\n日本語 🙂 \t", "Water boils at a temperature of", "1, 2, 3, 4, 5,",
    "<start_of_turn>user\nName three fruits.<end_of_turn>\n<start_of_turn>model\n",
]
STEPS = 24


def main(path, out):
    import llama_cpp as lib

    quiet = lib.llama_log_callback(lambda level, text, data: None)
    lib.llama_log_set(quiet, None)
    lib.llama_backend_init()
    model = lib.llama_model_load_from_file(path.encode(), lib.llama_model_default_params())
    vocab = lib.llama_model_get_vocab(model)
    size = lib.llama_vocab_n_tokens(vocab)
    cp = lib.llama_context_default_params()
    cp.n_ctx, cp.n_batch, cp.n_threads, cp.n_threads_batch, cp.type_k, cp.type_v, cp.flash_attn_type = 512, 512, 2, 2, 0, 0, 0
    items = []
    for prompt in PROMPTS:
        text = prompt.encode()
        buffer = (lib.llama_token * 256)()
        n = lib.llama_tokenize(vocab, text, len(text), buffer, 256, True, True)
        prompt_ids, greedy, gaps, first = list(buffer[:n]), [], [], None
        ctx = lib.llama_init_from_model(model, cp)
        ids = prompt_ids
        for _ in range(STEPS):
            tokens = (lib.llama_token * len(ids))(*ids)
            assert lib.llama_decode(ctx, lib.llama_batch_get_one(tokens, len(ids))) == 0
            z = np.ctypeslib.as_array(lib.llama_get_logits_ith(ctx, -1), (size,)).copy()
            order = np.argsort(-z, kind="stable")[:10]
            first = (order, z) if first is None else first
            greedy.append(int(order[0]))
            gaps.append(round(float(z[order[0]] - z[order[1]]), 4))
            ids = [greedy[-1]]
        lib.llama_free(ctx)
        top, z = first
        items.append({"prompt": prompt, "prompt_ids": prompt_ids, "greedy_ids": greedy, "top1_top2_gap": gaps,
                      "top10_ids": [int(i) for i in top], "top10_logits": [round(float(z[i]), 5) for i in top]})
        print(repr(prompt), prompt_ids[:6], greedy[:6], gaps[:6], file=sys.stderr)
    with open(out, "w") as f:
        json.dump({"about": os.path.basename(path) + ", llama.cpp, greedy, not stopped", "items": items}, f)
        f.write("\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
