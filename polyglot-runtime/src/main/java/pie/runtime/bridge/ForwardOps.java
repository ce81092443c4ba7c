package pie.runtime.bridge;

import java.util.ArrayList;
import java.util.List;
import pie.inferlet.Forward;
import pie.inferlet.Output;
import pie.inferlet.Probe;
import pie.inferlet.ProbeHandle;
import pie.inferlet.SampleHandle;
import pie.inferlet.Sampler;

/** Serve passes and what they bring. */
final class ForwardOps {
    private final Bridge bridge;

    ForwardOps(Bridge bridge) {
        this.bridge = bridge;
    }

    void register() {
        Dialect dialect = bridge.dialect();
        bridge.call("fwd_start_position", a -> forward(a).startPosition());
        bridge.call("fwd_page_size", a -> forward(a).pageSize());
        bridge.run("fwd_input", a -> forward(a).input(a.ids(1, "ids")));
        bridge.run("fwd_input_at", a -> forward(a).inputAt(a.ids(1, "ids"), a.ids(2, "positions")));
        bridge.call("fwd_sample", a -> forward(a).sample(a.indices(1, "indices"), a.handle(2, Sampler.class)));
        bridge.call("fwd_probe", a -> forward(a).probe(a.index(1, "index"), a.handle(2, Probe.class)));
        bridge.run("fwd_mask", a -> forward(a).mask(a.mask(1, "mask")));
        bridge.run("fwd_mask_at", a -> forward(a).maskAt(a.index(1, "index"), a.mask(2, "mask")));
        bridge.run("fwd_attention_mask", a -> forward(a).attentionMask(a.masks(1, "rows"), a.flag(2, "causal")));
        bridge.run("fwd_defer_commit", a -> forward(a).deferCommit());
        bridge.start("fwd_execute", "forward", a -> forward(a).executeAsync(), output -> output);
        bridge.call("handle_slot", a -> slot(a));
        bridge.call("handle_arity", a -> a.handle(0, SampleHandle.class).arity());
        bridge.call("handle_kind", a -> a.handle(0, ProbeHandle.class).kind());
        bridge.call("out_token", a -> {
            var token = output(a).token(a.handle(1, SampleHandle.class));
            return token.isPresent() ? (Object) token.getAsInt() : dialect.absent();
        });
        bridge.call("out_tokens_at", a -> dialect.ints(output(a).tokensAt(a.handle(1, SampleHandle.class))));
        bridge.call("out_distribution", a -> {
            Output.Distribution d = output(a).distribution(a.handle(1, ProbeHandle.class));
            return dialect.list(List.of(dialect.ints(d.ids()), dialect.floats(d.probabilities())));
        });
        bridge.call("out_logits", a -> dialect.logits(output(a).logits(a.handle(1, ProbeHandle.class))));
        bridge.call("out_logprobs", a -> dialect.floats(output(a).logprobs(a.handle(1, ProbeHandle.class))));
        bridge.call("out_entropy", a -> (double) output(a).entropy(a.handle(1, ProbeHandle.class)));
        bridge.call("out_tokens", a -> dialect.ints(output(a).tokens()));
        bridge.call("out_text", a -> output(a).text());
        bridge.call("out_slots", a -> {
            var slots = new ArrayList<Object>();
            for (Output.Slot slot : output(a).raw().slots()) {
                slots.add(dialect.list(List.of(slot.tag(), value(slot))));
            }
            return dialect.list(slots);
        });
        bridge.call("out_spec_tokens", a -> dialect.ints(output(a).raw().specTokens()));
        bridge.call("out_spec_positions", a -> dialect.ints(output(a).raw().specPositions()));
        bridge.call("out_finish_reason", a -> or(output(a).finishReason().orElse(null)));
        bridge.call("out_auto_sampler", a -> or(output(a).autoSampler().orElse(null)));
    }

    private Object value(Output.Slot slot) {
        Dialect dialect = bridge.dialect();
        return switch (slot) {
            case Output.Slot.Token token -> token.id();
            case Output.Slot.Distribution d ->
                dialect.list(List.of(dialect.ints(d.ids()), dialect.floats(d.probabilities())));
            case Output.Slot.Logits logits -> dialect.logits(logits.values());
            case Output.Slot.Logprobs logprobs -> dialect.floats(logprobs.values());
            case Output.Slot.Entropy entropy -> (double) entropy.nats();
        };
    }

    private @org.jspecify.annotations.Nullable Object or(@org.jspecify.annotations.Nullable Object value) {
        return value == null ? bridge.dialect().absent() : value;
    }

    private static Object slot(Args a) {
        Object handle = a.value(0).asHostObject();
        return handle instanceof SampleHandle sample
                ? sample.slot()
                : a.handle(0, ProbeHandle.class).slot();
    }

    private static Forward forward(Args a) {
        return a.handle(0, Forward.class);
    }

    private static Output output(Args a) {
        return a.handle(0, Output.class);
    }
}
