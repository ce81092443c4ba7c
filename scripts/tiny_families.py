#!/usr/bin/env python3
"""Make the reference outputs of one tiny random model of every family that pie runs, from independent implementations.

    pip install numpy gguf safetensors tokenizers llama-cpp-python transformers torch
    tiny_families.py OUT gguf            tiny GGUF files, run by llama.cpp
    tiny_families.py OUT safetensors     tiny checkpoints, run by transformers

Weights are no part of the outputs: each is a function of its tensor's name and its place (`values`), which the tests repeat. A file
OUT/FAMILY.FORMAT.json holds what a test needs to write the model again (metadata or config.json, and the tensors' names, shapes,
scales and means), prompts, the logits after each and its greedy continuation.
"""
import json
import os
import sys
import tempfile

import numpy as np

VOCAB, HIDDEN, LAYERS, HEADS, KV_HEADS, HEAD_DIM, FFN, CONTEXT = 80, 32, 4, 4, 2, 8, 48, 256
EPSILON, BASE, WINDOW, EXPERTS, USED, EXPERT_FFN = 1e-6, 10000.0, 8, 6, 2, 16
STEPS = 12
LONG_CONTEXT = 1024
SHORT_FACTORS, LONG_FACTORS = [1.0, 1.1, 1.25, 1.5], [1.5, 2.5, 6.0, 12.0]


def values(name, shape, scale, mean):
    """Return mean + scale * k / 128, k in -128 .. 127 by a hash of the name and the place."""
    h = 0x811C9DC5
    for byte in name.encode():
        h = (h ^ byte) * 0x01000193 & 0xFFFFFFFF
    x = (h + np.arange(np.prod(shape), dtype=np.uint64) * 0x9E3779B9 & 0xFFFFFFFF).astype(np.uint32)
    x ^= x >> 16
    x *= np.uint32(0x85EBCA6B)
    x ^= x >> 13
    x *= np.uint32(0xC2B2AE35)
    x ^= x >> 16
    k = (x >> 24).astype(np.int32) - 128
    return (mean + scale * (k / np.float32(128))).astype(np.float32).reshape(shape)


def prompts():
    rng = np.random.default_rng(7)
    return [[int(i) for i in rng.integers(3, VOCAB, n)] for n in (1, 7, 40)]


def item(ids, logits_of):
    """logits_of(ids) appends and returns the logits of the last token."""
    first, greedy, gaps = None, [], []
    for z in (logits_of(ids if step == 0 else [greedy[-1]]) for step in range(STEPS)):
        first = z if first is None else first
        order = np.argsort(-z, kind="stable")
        greedy.append(int(order[0]))
        gaps.append(round(float(z[order[0]] - z[order[1]]), 4))
    return {"prompt_ids": ids, "greedy_ids": greedy, "top1_top2_gap": gaps, "logits": [round(float(v), 5) for v in first]}


class Tensors(list):
    def add(self, name, *shape, scale=0.5, mean=0.0):
        self.append({"name": name, "shape": list(shape), "scale": scale, "mean": mean})

    def norm(self, name, size, mean=1.0):
        self.add(name, size, scale=0.125, mean=mean)


# ---- GGUF, llama.cpp


def gguf_tensors(arch, tied=True):
    t = Tensors()
    hidden, q, k = HIDDEN, HEADS * HEAD_DIM, KV_HEADS * HEAD_DIM
    t.add("token_embd.weight", VOCAB, hidden, scale=0.5 if arch == "gemma3" else 1.0)
    t.norm("output_norm.weight", hidden)
    if not tied:
        t.add("output.weight", VOCAB, hidden)
    for i in range(LAYERS):
        p = f"blk.{i}."
        t.norm(p + "attn_norm.weight", hidden)
        t.norm(p + "ffn_norm.weight", hidden)
        if arch == "phi3":
            t.add(p + "attn_qkv.weight", q + 2 * k, hidden)
            t.add(p + "ffn_up.weight", 2 * FFN, hidden)
        else:
            t.add(p + "attn_q.weight", q, hidden)
            t.add(p + "attn_k.weight", k, hidden)
            t.add(p + "attn_v.weight", k, hidden)
        t.add(p + "attn_output.weight", hidden, q)
        if arch == "qwen2":
            for part, rows in (("attn_q", q), ("attn_k", k), ("attn_v", k)):
                t.add(p + part + ".bias", rows)
        if arch in ("qwen3", "qwen3moe", "gemma3"):
            t.norm(p + "attn_q_norm.weight", HEAD_DIM)
            t.norm(p + "attn_k_norm.weight", HEAD_DIM)
        if arch == "gemma3":
            t.norm(p + "post_attention_norm.weight", hidden)
            t.norm(p + "post_ffw_norm.weight", hidden)
        if arch == "qwen3moe":
            t.add(p + "ffn_gate_inp.weight", EXPERTS, hidden)
            t.add(p + "ffn_gate_exps.weight", EXPERTS, EXPERT_FFN, hidden)
            t.add(p + "ffn_up_exps.weight", EXPERTS, EXPERT_FFN, hidden)
            t.add(p + "ffn_down_exps.weight", EXPERTS, hidden, EXPERT_FFN)
        else:
            if arch != "phi3":
                t.add(p + "ffn_gate.weight", FFN, hidden)
                t.add(p + "ffn_up.weight", FFN, hidden)
            t.add(p + "ffn_down.weight", hidden, FFN)
    return t


def gguf_metadata(arch):
    m = {
        "general.architecture": arch, "tokenizer.ggml.model": "none", f"{arch}.vocab_size": VOCAB,
        f"{arch}.context_length": CONTEXT, f"{arch}.embedding_length": HIDDEN, f"{arch}.block_count": LAYERS,
        f"{arch}.feed_forward_length": FFN, f"{arch}.attention.head_count": HEADS,
        f"{arch}.attention.head_count_kv": KV_HEADS, f"{arch}.attention.key_length": HEAD_DIM,
        f"{arch}.attention.value_length": HEAD_DIM, f"{arch}.rope.dimension_count": HEAD_DIM,
        f"{arch}.attention.layer_norm_rms_epsilon": EPSILON, f"{arch}.rope.freq_base": BASE}
    if arch == "gemma3":
        m[f"{arch}.attention.sliding_window"] = WINDOW
        m[f"{arch}.attention.sliding_window_pattern"] = 3
        m[f"{arch}.rope.freq_base"] = 1000000.0
    if arch == "qwen3moe":
        m[f"{arch}.expert_count"] = EXPERTS
        m[f"{arch}.expert_used_count"] = USED
        m[f"{arch}.expert_feed_forward_length"] = EXPERT_FFN
    if arch == "phi3":
        m[f"{arch}.context_length"] = LONG_CONTEXT
        m[f"{arch}.rope.scaling.original_context_length"] = CONTEXT
        m[f"{arch}.rope.scaling.attn_factor"] = 1.25
    return m


def write_gguf(path, arch, metadata, tensors, factors):
    import gguf

    w = gguf.GGUFWriter(path, arch)
    for key, value in metadata.items():
        if key == "general.architecture":
            continue
        if isinstance(value, str):
            w.add_string(key, value)
        elif isinstance(value, float):
            w.add_float32(key, value)
        else:
            w.add_uint32(key, value)
    for t in tensors:
        w.add_tensor(t["name"], values(t["name"], t["shape"], t["scale"], t["mean"]))
    for name, values_of in factors.items():
        w.add_tensor(name, np.array(values_of, np.float32))
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


def llama_cpp_items(path, context):
    import llama_cpp as lib

    quiet = lib.llama_log_callback(lambda level, text, data: None)
    lib.llama_log_set(quiet, None)
    lib.llama_backend_init()
    mp = lib.llama_model_default_params()
    mp.n_gpu_layers = 0
    model = lib.llama_model_load_from_file(path.encode(), mp)
    cp = lib.llama_context_default_params()
    cp.n_ctx, cp.n_batch, cp.n_ubatch, cp.n_seq_max, cp.n_threads, cp.n_threads_batch = context, 64, 64, 1, 1, 1
    cp.type_k = cp.type_v = 0  # f32
    cp.flash_attn_type = 0
    items = []
    for ids in prompts():
        ctx = lib.llama_init_from_model(model, cp)

        def logits_of(next_ids):
            tokens = (lib.llama_token * len(next_ids))(*next_ids)
            assert lib.llama_decode(ctx, lib.llama_batch_get_one(tokens, len(next_ids))) == 0
            return np.ctypeslib.as_array(lib.llama_get_logits_ith(ctx, -1), (VOCAB,)).copy()

        items.append(item(ids, logits_of))
        lib.llama_free(ctx)
    lib.llama_model_free(model)
    return items


def make_gguf(out):
    for arch in ("llama", "qwen2", "qwen3", "qwen3moe", "smollm3", "phi3", "gemma3"):
        metadata, tensors = gguf_metadata(arch), gguf_tensors(arch, tied=arch != "qwen3")
        factors = {"rope_factors_short.weight": SHORT_FACTORS, "rope_factors_long.weight": LONG_FACTORS}
        factors = factors if arch == "phi3" else {}
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "m.gguf")
            write_gguf(path, arch, metadata, tensors, factors)
            for context in (CONTEXT, LONG_CONTEXT) if arch == "phi3" else (CONTEXT,):
                name = arch + ("-long" if context == LONG_CONTEXT else "")
                store(out, name + ".gguf", {
                    "about": f"random {arch}, llama.cpp, float32", "max_context": context, "metadata": metadata,
                    "tensors": tensors, "factors": factors, "items": llama_cpp_items(path, context)})


# ---- safetensors, transformers


def hf_config(family):
    c = {
        "model_type": family, "hidden_size": HIDDEN, "intermediate_size": FFN, "num_attention_heads": HEADS,
        "num_key_value_heads": KV_HEADS, "num_hidden_layers": LAYERS, "vocab_size": VOCAB, "head_dim": HEAD_DIM,
        "max_position_embeddings": CONTEXT, "rms_norm_eps": EPSILON, "rope_theta": BASE, "hidden_act": "silu",
        "tie_word_embeddings": family != "qwen3", "bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 2,
        "torch_dtype": "float32"}
    if family == "mistral":
        c["sliding_window"] = WINDOW
    if family == "smollm3":
        c["no_rope_layers"] = [1, 0, 1, 1]
        c["use_sliding_window"] = False
    if family == "qwen3_moe":
        c.update(num_experts=EXPERTS, num_experts_per_tok=USED, moe_intermediate_size=EXPERT_FFN, norm_topk_prob=True,
                 decoder_sparse_step=1, mlp_only_layers=[])
    if family == "phi3":
        c.update(sliding_window=WINDOW, max_position_embeddings=LONG_CONTEXT, original_max_position_embeddings=CONTEXT,
                 rope_scaling={"type": "longrope", "short_factor": SHORT_FACTORS[:2], "long_factor": LONG_FACTORS[:2]},
                 partial_rotary_factor=0.5, head_dim=None)
        del c["head_dim"]
    if family == "gemma3_text":
        del c["hidden_act"], c["tie_word_embeddings"]
        c.update(hidden_activation="gelu_pytorch_tanh", sliding_window=WINDOW, query_pre_attn_scalar=12,
                 rope_theta=1000000.0, rope_local_base_freq=10000.0,
                 layer_types=["sliding_attention", "sliding_attention", "full_attention", "sliding_attention"])
    return c


def hf_tensors(family):
    t = Tensors()
    hidden, q, k = HIDDEN, HEADS * HEAD_DIM, KV_HEADS * HEAD_DIM
    gemma = family == "gemma3_text"
    mean = 0.0 if gemma else 1.0
    t.add("model.embed_tokens.weight", VOCAB, hidden, scale=0.5 if gemma else 1.0)
    t.norm("model.norm.weight", hidden, mean)
    if family == "qwen3":
        t.add("lm_head.weight", VOCAB, hidden)
    for i in range(LAYERS):
        p = f"model.layers.{i}."
        t.norm(p + "input_layernorm.weight", hidden, mean)
        t.norm(p + "post_attention_layernorm.weight", hidden, mean)
        if gemma:
            t.norm(p + "pre_feedforward_layernorm.weight", hidden, mean)
            t.norm(p + "post_feedforward_layernorm.weight", hidden, mean)
        a, m = p + "self_attn.", p + "mlp."
        if family == "phi3":
            t.add(a + "qkv_proj.weight", q + 2 * k, hidden)
            t.add(m + "gate_up_proj.weight", 2 * FFN, hidden)
        else:
            for part, rows in (("q_proj", q), ("k_proj", k), ("v_proj", k)):
                t.add(a + part + ".weight", rows, hidden)
                if family == "qwen2":
                    t.add(a + part + ".bias", rows)
        t.add(a + "o_proj.weight", hidden, q)
        if family in ("qwen3", "qwen3_moe", "gemma3_text"):
            t.norm(a + "q_norm.weight", HEAD_DIM, mean)
            t.norm(a + "k_norm.weight", HEAD_DIM, mean)
        if family == "qwen3_moe":
            t.add(m + "gate.weight", EXPERTS, hidden)
            for e in range(EXPERTS):
                t.add(m + f"experts.{e}.gate_proj.weight", EXPERT_FFN, hidden)
                t.add(m + f"experts.{e}.up_proj.weight", EXPERT_FFN, hidden)
                t.add(m + f"experts.{e}.down_proj.weight", hidden, EXPERT_FFN)
        else:
            if family != "phi3":
                t.add(m + "gate_proj.weight", FFN, hidden)
                t.add(m + "up_proj.weight", FFN, hidden)
            t.add(m + "down_proj.weight", hidden, FFN)
    return t


def transformers_items(folder, tensors):
    import torch
    from transformers import AutoModelForCausalLM

    model, info = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager", output_loading_info=True)
    left = {name for name in info["missing_keys"] if name != "lm_head.weight"} | set(info["unexpected_keys"])
    assert not left, left
    model.eval()
    items = []
    for ids in prompts():
        seen = []

        def logits_of(next_ids):
            seen.extend(next_ids)
            with torch.no_grad():
                return model(torch.tensor([seen]), use_cache=False).logits[0, -1].numpy()

        items.append(item(ids, logits_of))
    return items


def make_safetensors(out):
    from safetensors.numpy import save_file

    for family in ("llama", "mistral", "qwen2", "qwen3", "qwen3_moe", "smollm3", "phi3", "gemma3_text"):
        config, tensors = hf_config(family), hf_tensors(family)
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "config.json"), "w") as f:
                json.dump(config, f)
            save_file({t["name"]: values(t["name"], t["shape"], t["scale"], t["mean"]) for t in tensors},
                      os.path.join(folder, "model.safetensors"), {"format": "pt"})
            store(out, family + ".safetensors", {
                "about": f"random {family}, transformers, float32", "max_context": CONTEXT, "config": config,
                "tensors": tensors, "items": transformers_items(folder, tensors)})


def store(out, name, document):
    tensors = document.pop("tensors")
    os.makedirs(out, exist_ok=True)
    with open(os.path.join(out, name + ".json"), "w") as f:
        head = json.dumps({k: v for k, v in document.items() if k != "items"})[:-1]
        lines = ",\n  ".join(json.dumps(t) for t in tensors)
        items = ",\n  ".join(json.dumps(i) for i in document["items"])
        f.write(f'{head},\n "tensors": [\n  {lines}],\n "items": [\n  {items}]}}\n')
    print(name, [i["greedy_ids"][:4] for i in document["items"]], file=sys.stderr)


if __name__ == "__main__":
    {"gguf": make_gguf, "safetensors": make_safetensors}[sys.argv[2]](sys.argv[1])
