#!/usr/bin/env python3
"""Make the reference outputs of the cpu driver's tests: an independent f32 forward pass in numpy.

    pip install numpy gguf tokenizers
    make_reference.py MODEL.gguf OUT.json      32 greedy tokens for the prompts below
    make_reference.py --tiny DIRECTORY         tiny random checkpoints (safetensors) and their outputs

Weights come from the file through the gguf package's own dequantisation; everything is computed in float32. Only the tiny
models' keys and values are rounded to f16, as the driver keeps them, so that their tests can be tight.
"""
import json
import os
import struct
import sys

import numpy as np

RAW = [
    "The capital of France is", "Once upon a time, there was a", "def fibonacci(n):\n", "In 1969, the first",
    "The three primary colors are", "Water boils at", "The quick brown fox", "import numpy as np\n\n",
    "Photosynthesis is the process by which", "1, 2, 3, 4, 5,", "The largest planet in our solar system is",
    "To make a cup of tea, first",
]
CHAT = [
    "What is the capital of Italy?", "Write one sentence about the sea.", "List three fruits.", "What is 2 + 3?",
    "Who wrote Romeo and Juliet?", "Explain gravity to a child.", "Give me a haiku about autumn.",
    "Translate 'good morning' to Spanish.", "What is the boiling point of water?", "Name a famous painter.",
]
SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"


class Model:
    """The shape of a llama or qwen2 model and its weights, [out, in] each, under their GGUF names."""

    def __init__(self, arch, weights, layers, heads, kv_heads, eps, base, interleaved, half_kv=False):
        self.arch, self.w, self.layers, self.heads, self.kv_heads = arch, weights, layers, heads, kv_heads
        self.eps, self.base, self.interleaved = np.float32(eps), base, interleaved
        self.half_kv = half_kv

    def norm(self, x, name):
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + self.eps) * self.w[name]

    def rope(self, x, start):
        n, _, d = x.shape
        angle = np.outer(np.arange(start, start + n, dtype=np.float64), self.base ** (-np.arange(0, d, 2, dtype=np.float64) / d))
        cos, sin = np.cos(angle).astype(np.float32)[:, None], np.sin(angle).astype(np.float32)[:, None]
        out = np.empty_like(x)
        a, b = (x[..., 0::2], x[..., 1::2]) if self.interleaved else (x[..., : d // 2], x[..., d // 2 :])
        p, q = a * cos - b * sin, b * cos + a * sin
        if self.interleaved:
            out[..., 0::2], out[..., 1::2] = p, q
        else:
            out[..., : d // 2], out[..., d // 2 :] = p, q
        return out

    def linear(self, x, name):
        y = x @ self.w[name + ".weight"].T
        return y + self.w[name + ".bias"] if name + ".bias" in self.w else y

    def logits(self, ids, cache):
        """Append ids to the cache (a dict, empty at first) and return the logits of the last one."""
        x = self.w["token_embd.weight"][ids]
        n, start = len(ids), cache.get("length", 0)
        cache["length"] = start + n
        mask = np.triu(np.full((n, start + n), -np.inf, np.float32), start + 1)
        for i in range(self.layers):
            p = f"blk.{i}."
            h = self.norm(x, p + "attn_norm.weight")
            q = self.rope(self.linear(h, p + "attn_q").reshape(n, self.heads, -1), start)
            k = self.rope(self.linear(h, p + "attn_k").reshape(n, self.kv_heads, -1), start)
            v = self.linear(h, p + "attn_v").reshape(n, self.kv_heads, -1)
            if self.half_kv:
                k, v = (t.astype(np.float16).astype(np.float32) for t in (k, v))
            if start:
                k, v = (np.concatenate(pair) for pair in zip(cache[i], (k, v)))
            cache[i] = k, v
            k, v = (np.repeat(t, self.heads // self.kv_heads, axis=1) for t in (k, v))
            s = np.einsum("qhd,khd->hqk", q, k) / np.float32(np.sqrt(q.shape[-1])) + mask
            s = np.exp(s - s.max(-1, keepdims=True))
            s /= s.sum(-1, keepdims=True)
            x = x + self.linear(np.einsum("hqk,khd->qhd", s, v).reshape(n, -1), p + "attn_output")
            h = self.norm(x, p + "ffn_norm.weight")
            g = self.linear(h, p + "ffn_gate")
            x = x + self.linear(g / (1 + np.exp(-g)) * self.linear(h, p + "ffn_up"), p + "ffn_down")
        head = self.w.get("output.weight", self.w["token_embd.weight"])
        return head @ self.norm(x[-1], "output_norm.weight")

    def item(self, prompt, ids, steps):
        prompt_ids, cache, greedy, gaps = list(ids), {}, [], []
        for step in range(steps):
            z = self.logits(ids, cache)
            order = np.argsort(-z, kind="stable")
            if step == 0:
                top, first = order[:10], z
            greedy.append(int(order[0]))
            gaps.append(round(float(z[order[0]] - z[order[1]]), 4))
            ids = [int(order[0])]
        return {
            "prompt": prompt, "prompt_ids": prompt_ids, "greedy_ids": greedy, "top1_top2_gap": gaps,
            "top10_ids": [int(i) for i in top], "top10_logits": [round(float(first[i]), 5) for i in top],
        }


def write(path, about, items):
    with open(path, "w") as f:
        json.dump({"about": about, "items": items}, f)
        f.write("\n")


def from_gguf(path):
    from gguf import GGUFReader
    from gguf.quants import dequantize

    reader = GGUFReader(path)
    field = lambda k: reader.fields[k].contents()
    arch = field("general.architecture")
    weights = {t.name: np.asarray(dequantize(t.data, t.tensor_type), np.float32) for t in reader.tensors}
    model = Model(
        arch, weights, field(arch + ".block_count"), field(arch + ".attention.head_count"),
        field(arch + ".attention.head_count_kv"), field(arch + ".attention.layer_norm_rms_epsilon"),
        field(arch + ".rope.freq_base"), arch == "llama")
    return model, field("tokenizer.ggml.tokens"), field("tokenizer.ggml.merges")


def tokenizer(tokens, merges):
    from tokenizers import Tokenizer, models, pre_tokenizers

    t = Tokenizer(models.BPE({s: i for i, s in enumerate(tokens)}, [tuple(m.split(" ")) for m in merges]))
    t.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    t.add_special_tokens([s for s in tokens if s.startswith("<|") and s.endswith("|>")])
    return t


def default_model(path, out):
    model, tokens, merges = from_gguf(path)
    encode = tokenizer(tokens, merges).encode
    items = [model.item(p, encode(p).ids, 32) for p in RAW]
    for p in CHAT:
        text = (f"<|im_start|>system\n{SYSTEM}<|im_end|>\n<|im_start|>user\n{p}<|im_end|>\n<|im_start|>assistant\n")
        items.append(model.item(p, encode(text).ids, 32))
        print(p, file=sys.stderr)
    write(out, os.path.basename(path) + ", numpy float32, greedy, end of turn not stopped at", items)


HF = {"attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
      "attn_output": "self_attn.o_proj", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj",
      "ffn_down": "mlp.down_proj", "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm"}


def hf_name(name):
    if name.startswith("blk."):
        _, layer, part, kind = name.split(".")
        return f"model.layers.{layer}.{HF[part]}.{kind}"
    return {"token_embd.weight": "model.embed_tokens.weight", "output_norm.weight": "model.norm.weight",
            "output.weight": "lm_head.weight"}[name]


def tiny(arch, directory, heads, kv_heads, head_dim, ffn, vocab, layers, tied, dtype, seed):
    """Write a random checkpoint in safetensors, F32 or BF16, and its reference; both small enough to commit."""
    rng = np.random.default_rng(seed)
    hidden = heads * head_dim
    w = {}

    def add(name, *shape, scale=1.0, mean=0.0):
        value = (mean + scale * rng.standard_normal(shape)).astype(np.float32)
        w[name] = value if dtype == "F32" else (value.view(np.uint32) & 0xFFFF0000).view(np.float32)

    add("token_embd.weight", vocab, hidden)
    for i in range(layers):
        p = f"blk.{i}."
        add(p + "attn_norm.weight", hidden, scale=0.1, mean=1)
        add(p + "ffn_norm.weight", hidden, scale=0.1, mean=1)
        for part, rows, columns in (
            ("attn_q", hidden, hidden), ("attn_k", kv_heads * head_dim, hidden), ("attn_v", kv_heads * head_dim, hidden),
            ("attn_output", hidden, hidden), ("ffn_gate", ffn, hidden), ("ffn_up", ffn, hidden), ("ffn_down", hidden, ffn),
        ):
            add(p + part + ".weight", rows, columns, scale=1.5 / columns**0.5)
            if arch == "qwen2" and part in ("attn_q", "attn_k", "attn_v"):
                add(p + part + ".bias", rows, scale=0.5)
    add("output_norm.weight", hidden, scale=0.1, mean=1)
    if not tied:
        add("output.weight", vocab, hidden, scale=0.3)
    os.makedirs(directory, exist_ok=True)
    header, blob = {}, b""
    for name, value in w.items():
        data = value.tobytes() if dtype == "F32" else (value.view(np.uint32) >> 16).astype(np.uint16).tobytes()
        header[hf_name(name)] = {"dtype": dtype, "shape": list(value.shape), "data_offsets": [len(blob), len(blob) + len(data)]}
        blob += data
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(os.path.join(directory, "model.safetensors"), "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + blob)
    config = {
        "architectures": ["LlamaForCausalLM" if arch == "llama" else "Qwen2ForCausalLM"], "model_type": arch,
        "hidden_size": hidden, "intermediate_size": ffn, "num_attention_heads": heads, "num_key_value_heads": kv_heads,
        "num_hidden_layers": layers, "vocab_size": vocab, "max_position_embeddings": 512, "rms_norm_eps": 1e-6,
        "rope_theta": 10000.0, "tie_word_embeddings": tied, "hidden_act": "silu", "bos_token_id": 0, "eos_token_id": 1,
        "head_dim": head_dim, "torch_dtype": "float32"}
    with open(os.path.join(directory, "config.json"), "w") as f:
        json.dump(config, f, indent=1)
    alphabet = [chr(c) for c in range(ord("a"), ord("a") + vocab)]
    with open(os.path.join(directory, "tokenizer.json"), "w") as f:
        json.dump({"version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None,
                   "pre_tokenizer": None, "post_processor": None, "decoder": None,
                   "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                             "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False,
                             "vocab": {c: i for i, c in enumerate(alphabet)}, "merges": []}}, f)
    model = Model(arch, w, layers, heads, kv_heads, 1e-6, 10000.0, False, half_kv=True)
    items = [model.item(f"random {n}", [int(i) for i in rng.integers(0, vocab, n)], 16) for n in (1, 7, 20)]
    write(os.path.join(directory, "reference.json"), f"random {arch}, numpy float32, keys and values in f16", items)


if __name__ == "__main__":
    if sys.argv[1] == "--tiny":
        # head dimensions that fill vectors of every length, and ones that fill none
        tiny("llama", os.path.join(sys.argv[2], "tiny-llama"), 4, 2, 16, 96, 80, 2, True, "F32", 1)
        tiny("qwen2", os.path.join(sys.argv[2], "tiny-qwen2"), 6, 2, 32, 96, 72, 2, False, "BF16", 2)
    else:
        default_model(sys.argv[1], sys.argv[2])
