"""Make tokenization.json: token ids of tricky strings, by implementations that share no code with the one under test.

Byte-level families: a plain BPE in Python over the vocabulary of the default model, cut by the families' published
patterns. SentencePiece: a small model trained here and encoded by the sentencepiece package.

Needs `pip install gguf regex sentencepiece`.
Usage: python make_tokenization.py MODEL.gguf > ../resources/pie/engine/model/tokenization.json
"""

import functools
import io
import json
import sys
import unicodedata

import gguf
import regex
import sentencepiece

STRINGS = [
    "", " ", "  ", "\n", "\n\n", "\t", " \n ", "a", " a", "  a", "a  b", "a   b\n\n\n  c", "Hello, world!", "Hello,  world!  ",
    "1234567890", " 12 345 6789", "3.14159e-10", "year 1969's 20th", "x1y2z3", "½ ⅓ ² Ⅷ ٣ ४", "I'm don't WE'LL they've it's 'tis",
    "naïve café Zürich", "cafe\u0301 e\u0301", "ﬁ ﬂ Å Å", "日本語のテキスト", "你好,世界!", "안녕하세요 세계", "Привет, мир", "שלום עולם", "مرحبا بالعالم",
    "हिन्दी में", "ไทย", "😀", "👩‍👩‍👧‍👦 family", "🇫🇷🏳️‍🌈", "a\u00a0b\u2003c\u3000d", "zero\u200bwidth\ufeffbom", "tab\tand\r\nCRLF\r\n\r\nend",
    "def f(x):\n    return x ** 2  # square\n\n\nclass A:\n\tpass\n", "for (int i=0; i<n; ++i) { a[i] += b->c; }", "https://example.com/a?b=c&d=%20#frag",
    '{"key": [1, 2.5, null, true], "s": "\\u00e9\\n"}', "<b>bold</b> &amp; <!-- x -->", "$100 + €50 = £?", "C:\\path\\to\\file", "------====~~~~....", "!!!???",
    "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n", "<|im_start|", "<|endoftext|><|endoftext|>", " <|im_end|> ", "a<|im_end|>b", "<|unknown|>",
    "The quick brown fox jumps over the lazy dog. " * 3, "A" * 70, "\u0000\u0001\u007f\u0080", "𝒳𝓎 ∑∫√ ≤≥", "Ġ Ċ ▁ ▁▁x", "mixedENGLISHand中文и123русский",
]

GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")


def alphabet():
    kept = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [b for b in range(256) if b not in kept]
    return {**{b: chr(b) for b in kept}, **{b: chr(256 + i) for i, b in enumerate(rest)}}


class ByteLevel:
    def __init__(self, tokens, types, merges):
        self.ids = {token: id for id, token in enumerate(tokens)}
        self.specials = [token for token, type in zip(tokens, types) if type == 3]
        self.ranks = {tuple(merge.split(" ")): rank for rank, merge in enumerate(merges)}
        self.alphabet = alphabet()

    @functools.cache
    def merge(self, word):
        parts = list(word)
        while len(parts) > 1:
            rank, at = min((self.ranks.get(pair, 1 << 60), i) for i, pair in enumerate(zip(parts, parts[1:])))
            if rank == 1 << 60:
                break
            best = (parts[at], parts[at + 1])
            merged, i = [], 0
            while i < len(parts):
                if tuple(parts[i : i + 2]) == best:
                    merged.append(parts[i] + parts[i + 1])
                    i += 2
                else:
                    merged.append(parts[i])
                    i += 1
            parts = merged
        return parts

    def words(self, family, text):
        if family == "smollm":
            for piece in regex.findall(r"\p{N}|\P{N}+", text):
                yield from regex.findall(GPT2, piece)
        else:
            yield from regex.findall({"gpt-2": GPT2, "llama-bpe": LLAMA3, "qwen2": QWEN2}[family], text)

    def encode(self, family, text):
        ids = []
        for part in regex.split("(" + "|".join(map(regex.escape, sorted(self.specials, key=len, reverse=True))) + ")", text):
            if part in self.specials:
                ids.append(self.ids[part])
                continue
            if family == "qwen2":
                part = unicodedata.normalize("NFC", part)
            for word in self.words(family, part):
                spelled = "".join(self.alphabet[b] for b in word.encode())
                if family == "llama-bpe" and spelled in self.ids:
                    ids.append(self.ids[spelled])
                else:
                    ids.extend(self.ids[token] for token in self.merge(spelled))
        return ids


def train_pieces(corpus):
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(corpus), model_writer=model, model_type="bpe", vocab_size=1200, byte_fallback=True,
        normalization_rule_name="identity", remove_extra_whitespaces=False, allow_whitespace_only_pieces=True,
        split_digits=True, character_coverage=0.9995, minloglevel=2,
    )
    return sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())


def piece_type(processor, id):
    if processor.is_unknown(id):
        return 2
    if processor.is_control(id):
        return 3
    return 6 if processor.is_byte(id) else 1


def main():
    fields = gguf.GGUFReader(sys.argv[1]).fields
    contents = [fields["tokenizer.ggml." + name].contents() for name in ("tokens", "token_type", "merges")]
    byte_level = ByteLevel(*contents)
    corpus = [line for module in (gguf, json, functools, regex) for line in open(module.__file__) if line.strip()]
    corpus += [string for string in STRINGS if string.strip()] + [doc for doc in (str.__doc__, print.__doc__, __doc__)]
    pieces = train_pieces(corpus)
    count = pieces.get_piece_size()
    json.dump(
        {
            "strings": STRINGS,
            "byteLevel": {
                family: [byte_level.encode(family, string) for string in STRINGS]
                for family in ("smollm", "gpt-2", "llama-bpe", "qwen2")
            },
            "sentencePiece": {
                "pieces": [pieces.id_to_piece(id) for id in range(count)],
                "scores": [pieces.get_score(id) for id in range(count)],
                "types": [piece_type(pieces, id) for id in range(count)],
                "ids": [pieces.encode(string) for string in STRINGS],
            },
        },
        sys.stdout,
        ensure_ascii=True,
        separators=(",", ":"),
    )
    print()


main()
