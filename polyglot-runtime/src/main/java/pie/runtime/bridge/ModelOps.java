package pie.runtime.bridge;

import java.util.ArrayList;
import java.util.List;
import org.graalvm.polyglot.Value;
import pie.inferlet.Mask;
import pie.inferlet.Model;
import pie.inferlet.Probe;
import pie.inferlet.Sampler;
import pie.inferlet.Speech;
import pie.inferlet.Stage;
import pie.inferlet.Tokenizer;

/** Serve models, tokenizers, samplers, probes and masks. */
final class ModelOps {
    private final Bridge bridge;

    ModelOps(Bridge bridge) {
        this.bridge = bridge;
    }

    void register() {
        Dialect dialect = bridge.dialect();
        bridge.call("model_load", a -> Model.load(a.text(0, "name")));
        bridge.call("write_wav", a -> dialect.bytes(Speech.writeWav(a.floats(0, "pcm"), a.integer(1, "rate"))));
        bridge.call("model_name", a -> a.handle(0, Model.class).name());
        bridge.call("model_info", a -> dialect.record(a.handle(0, Model.class).info()));
        bridge.call("model_tokenizer", a -> a.handle(0, Model.class).tokenizer());
        bridge.call("model_speculation", a -> a.handle(0, Model.class).defaultSystemSpeculation());
        bridge.call("tk_encode", a -> dialect.ints(tokenizer(a).encode(a.text(1, "text"), a.flag(2, "parse_special"))));
        bridge.call("tk_decode", a -> tokenizer(a).decode(a.ids(1, "ids"), a.flag(2, "skip_special")));
        bridge.call("tk_token_bytes", a -> dialect.bytes(tokenizer(a).tokenBytes(a.integer(1, "id"))));
        bridge.call("tk_vocabs", a -> vocabulary(tokenizer(a).vocabs()));
        bridge.call("tk_special_tokens", a -> vocabulary(tokenizer(a).specialTokens()));
        bridge.call("tk_split_regex", a -> tokenizer(a).splitRegex());
        bridge.call("sampler", this::sampler);
        bridge.call("stage", this::stage);
        bridge.call("probe", this::probe);
        bridge.call("mask", this::mask);
    }

    private static Tokenizer tokenizer(Args a) {
        return a.handle(0, Tokenizer.class);
    }

    private Object vocabulary(Tokenizer.Vocabulary vocabulary) {
        var bytes = new ArrayList<Object>(vocabulary.bytes().length);
        for (byte[] token : vocabulary.bytes()) {
            bytes.add(bridge.dialect().bytes(token));
        }
        return bridge.dialect()
                .list(List.of(
                        bridge.dialect().ints(vocabulary.ids()),
                        bridge.dialect().list(bytes)));
    }

    /** Make a sampler: kind, seed or nothing, then its numbers, or stages for a chain. */
    private Object sampler(Args a) {
        Sampler sampler = switch (a.text(0, "kind")) {
            case "argmax" -> Sampler.argmax();
            case "top_p" -> Sampler.topP(a.number(2, "temperature"), a.number(3, "p"));
            case "top_k" -> Sampler.topK(a.number(2, "temperature"), a.integer(3, "k"));
            case "min_p" -> Sampler.minP(a.number(2, "temperature"), a.number(3, "p"));
            case "top_k_top_p" -> Sampler.topKTopP(a.number(2, "temperature"), a.integer(3, "k"), a.number(4, "p"));
            case "multinomial" -> Sampler.multinomial(a.number(2, "temperature"), a.integer(3, "draws"));
            default -> chain(a);
        };
        return a.has(1) ? sampler.seed(a.seed(1, "seed")) : sampler;
    }

    private static Sampler chain(Args a) {
        var stages = new ArrayList<Stage>();
        for (int i = 2; a.has(i); i++) {
            stages.add(a.handle(i, Stage.class));
        }
        return Sampler.chain(stages);
    }

    private Object stage(Args a) {
        return switch (a.text(0, "kind")) {
            case "repetition_penalty" ->
                Stage.repetitionPenalty(
                        a.number(1, "repetition_penalty"),
                        a.optionalInteger(2, "window").orElse(0));
            case "presence_penalty" -> Stage.presencePenalty(a.number(1, "presence_penalty"));
            case "frequency_penalty" -> Stage.frequencyPenalty(a.number(1, "frequency_penalty"));
            case "logit_bias" ->
                a.has(2)
                        ? Stage.logitBias(a.mask(1, "logit_bias"), a.number(2, "logit_bias"))
                        : Stage.logitBias(a.bias(1, "logit_bias"));
            case "temperature" -> Stage.temperature(a.number(1, "temperature"));
            case "top_k" -> Stage.topK(a.integer(1, "top_k"));
            case "typical" -> Stage.typical(a.number(1, "typical"));
            case "top_p" -> Stage.topP(a.number(1, "top_p"));
            case "min_p" -> Stage.minP(a.number(1, "min_p"));
            default -> throw Args.invalidType("stage: unknown kind " + a.text(0, "kind"));
        };
    }

    private Object probe(Args a) {
        boolean masked = a.flag(1, "masked");
        Probe probe = switch (a.text(0, "kind")) {
            case "logits" -> Probe.logits();
            case "distribution" -> Probe.distribution(a.number(2, "temperature"), a.integer(3, "k"));
            case "logprob" -> Probe.logprobs(new int[] {a.integer(2, "token")});
            case "logprobs" -> Probe.logprobs(a.ids(2, "tokens"));
            default -> Probe.entropy();
        };
        return masked ? probe.masked() : probe;
    }

    /** Compute on masks: operation, then run lengths and numbers; gives run lengths, or a number, or a truth. */
    private Object mask(Args a) {
        Dialect dialect = bridge.dialect();
        return switch (a.text(0, "operation")) {
            case "all" -> dialect.ints(Mask.all(a.integer(1, "n")).toBrle());
            case "none" -> dialect.ints(Mask.none(a.integer(1, "n")).toBrle());
            case "range" ->
                dialect.ints(Mask.range(a.integer(1, "a"), a.integer(2, "b")).toBrle());
            case "ranges" -> dialect.ints(Mask.ranges(pairs(a)).toBrle());
            case "ids" -> dialect.ints(Mask.ids(a.ids(1, "ids")).toBrle());
            case "brle" -> dialect.ints(a.mask(1, "runs").toBrle());
            case "window" ->
                dialect.ints(Mask.window(a.integer(1, "n"), a.integer(2, "w")).toBrle());
            case "sink" ->
                dialect.ints(Mask.sink(a.integer(1, "n"), a.integer(2, "s"), a.integer(3, "w"))
                        .toBrle());
            case "and" -> dialect.ints(a.mask(1, "mask").and(a.mask(2, "mask")).toBrle());
            case "or" -> dialect.ints(a.mask(1, "mask").or(a.mask(2, "mask")).toBrle());
            case "not" -> dialect.ints(a.mask(1, "mask").not(a.integer(2, "n")).toBrle());
            case "to_brle" -> dialect.ints(a.mask(1, "mask").toBrle(a.integer(2, "n")));
            case "count" -> a.mask(1, "mask").count();
            case "contains" -> a.mask(1, "mask").contains(a.integer(2, "index"));
            default -> throw Args.invalidType("mask: unknown operation " + a.text(0, "operation"));
        };
    }

    private static List<int[]> pairs(Args a) {
        var pairs = new ArrayList<int[]>();
        for (Value pair : a.elements(1, "ranges")) {
            pairs.add(Args.ids(pair, "ranges[" + pairs.size() + "]"));
        }
        return pairs;
    }
}
