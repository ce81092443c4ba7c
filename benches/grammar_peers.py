"""Measure xgrammar and llguidance on the schemas, texts and vocabulary that `./dev bench grammar` hands over.

Called by `./dev bench grammar --peer-python PYTHON`; PYTHON needs the packages xgrammar, llguidance and numpy
(`python -m venv peers && peers/bin/pip install xgrammar llguidance numpy`). Each peer compiles every schema anew each round, on
one thread, and fills the mask before each token of the text. Times are taken around the peer's own call, binding included.
"""

import json
import sys
import time
from importlib.metadata import version


def percentiles(name, nanos):
    nanos = sorted(nanos)
    if not nanos:
        print(f"  {name:<27}         -")
        return
    at = lambda share: nanos[min(len(nanos) - 1, int(share * len(nanos)))] / 1e3
    print(f"  {name:<27} {at(0.5):9.1f} {at(0.9):9.1f} {at(0.99):9.1f} {nanos[-1] / 1e3:9.1f}")


class Peer:
    """Times of one peer; `refused` lists tasks whose schema or text it did not take."""

    def __init__(self, name):
        self.name, self.compile, self.mask, self.again, self.accept, self.refused = name, [], [], [], [], {}

    def run(self, task, compile, matcher, fill, accept, counts):
        begun = time.perf_counter_ns()
        grammar = compile(task["schema"])
        compiled = time.perf_counter_ns() - begun
        masks, accepts = [], []
        for again in (False, True):
            state = matcher(grammar)
            for token in task["tokens"]:
                begun = time.perf_counter_ns()
                fill(state)
                masks.append((again, time.perf_counter_ns() - begun))
                begun = time.perf_counter_ns()
                taken = accept(state, token)
                accepts.append(time.perf_counter_ns() - begun)
                if not taken:
                    self.refused[task["name"]] = "refuses a token of the text"
                    return
        if counts:
            self.compile.append(compiled)
            self.mask += [t for again, t in masks if not again]
            self.again += [t for again, t in masks if again]
            self.accept += accepts

    def report(self, version):
        print(f"\n{self.name} {version}, in µs" + " " * max(0, 24 - len(self.name + version)) + "p50       p90       p99       max")
        percentiles("compile", self.compile)
        percentiles("mask, new grammar", self.mask)
        percentiles("mask, second text", self.again)
        percentiles("accept", self.accept)
        for task, why in self.refused.items():
            print(f"  left out: {task} ({why})")


def rounds(given, peer, step):
    for round in range(given["rounds"]):
        for task in given["tasks"]:
            if task["name"] in peer.refused:
                continue
            try:
                step(task, round > 0)
            except Exception as e:  # a peer's refusal is a result
                peer.refused[task["name"]] = str(e).splitlines()[0][:120]


def xgrammar_times(given):
    import xgrammar as xgr

    words = [bytes.fromhex(word) for word in given["vocabulary"]]
    info = xgr.TokenizerInfo(words, vocab_type=xgr.VocabType.RAW, vocab_size=len(words), stop_token_ids=list(given["stop"]))
    mask = xgr.allocate_token_bitmask(1, len(words))
    peer = Peer("xgrammar")
    compiler = xgr.GrammarCompiler(info, max_threads=1, cache_enabled=False)
    rounds(given, peer, lambda task, counts: peer.run(
        task,
        lambda schema: compiler.compile_json_schema(schema, any_whitespace=True),
        lambda grammar: xgr.GrammarMatcher(grammar),
        lambda state: state.fill_next_token_bitmask(mask),
        lambda state, token: state.accept_token(token),
        counts))
    peer.report(version("xgrammar"))


def llguidance_times(given):
    import llguidance
    import llguidance.numpy
    class Vocabulary:
        def __init__(self):
            special = set(given["special"])
            self.tokens = [(b"\xff" if i in special else b"") + bytes.fromhex(word) for i, word in enumerate(given["vocabulary"])]
            self.eos_token_id = given["stop"][0]
            self.bos_token_id = None
            self.special_token_ids = sorted(special)
            self.unk_token_id = None

        def __call__(self, text):
            return []

    tokenizer = llguidance.LLTokenizer(llguidance.TokenizerWrapper(Vocabulary()))
    mask = llguidance.numpy.allocate_token_bitmask(1, tokenizer.vocab_size)
    peer = Peer("llguidance")
    rounds(given, peer, lambda task, counts: peer.run(
        task,
        lambda schema: llguidance.LLMatcher(tokenizer, llguidance.LLMatcher.grammar_from_json_schema(schema), log_level=0),
        lambda grammar: grammar.deep_copy(),
        lambda state: llguidance.numpy.fill_next_token_bitmask(state, mask, 0),
        lambda state, token: state.consume_token(token),
        counts))
    peer.report(version("llguidance"))


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        given = json.load(file)
    for times in (xgrammar_times, llguidance_times):
        try:
            times(given)
        except ImportError as e:
            print(f"\nnot measured: {e}")


if __name__ == "__main__":
    main()
