package pie.runtime.bridge;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.BiConsumer;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;
import pie.inferlet.Adapter;
import pie.inferlet.Context;
import pie.inferlet.GenStep;
import pie.inferlet.GenerateOptions;
import pie.inferlet.Generator;
import pie.inferlet.Mask;
import pie.inferlet.Probe;
import pie.inferlet.Sampler;

/** Serve generations and their steps. */
final class GeneratorOps {
    private final Bridge bridge;

    GeneratorOps(Bridge bridge) {
        this.bridge = bridge;
    }

    void register() {
        Dialect dialect = bridge.dialect();
        bridge.call(
                "ctx_generate", a -> a.handle(0, Context.class).generate(a.handle(1, Sampler.class), options(a, 2)));
        bridge.run("gen_set", a -> set(generator(a), a));
        bridge.call(
                "gen_probe_each_step", a -> generator(a).probeEachStep(a.index(1, "index"), a.handle(2, Probe.class)));
        bridge.call("gen_tokens_generated", a -> generator(a).tokensGenerated());
        bridge.call("gen_is_done", a -> generator(a).isDone());
        bridge.call("gen_finish_reason", a -> or(generator(a).finishReason().orElse(null)));
        bridge.call("gen_next", a -> or(generator(a).next().orElse(null)));
        bridge.start("gen_next_token", "forward", a -> generator(a).nextTokenAsync(), this::number);
        bridge.call("gen_accept", a -> dialect.ints(generator(a).accept(a.ids(1, "ids"))));
        bridge.run("gen_close", a -> generator(a).close());
        bridge.start("gen_collect_tokens", "forward", a -> generator(a).collectTokensAsync(), dialect::ints);
        bridge.start(
                "gen_collect_text",
                "forward",
                a -> generator(a).collectTextAsync(a.flag(1, "include_reasoning")),
                text -> text);
        bridge.run(
                "gen_constrain_json", a -> generator(a).constrainJson(a.has(1) ? GrammarOps.schemaText(a, 1) : null));
        bridge.run("step_clear_sampler", a -> step(a).clearSampler());
        bridge.run("step_sampler", a -> step(a).sampler(a.handle(1, Sampler.class)));
        bridge.run("step_logit_bias", a -> {
            if (a.has(2)) {
                step(a).logitBias(a.mask(1, "mask"), a.number(2, "bias"));
            } else {
                step(a).logitBias(a.bias(1, "bias"));
            }
        });
        bridge.call("step_probe", a -> step(a).probe(a.index(1, "index"), a.handle(2, Probe.class)));
        bridge.call(
                "step_mask",
                a -> step(a).mask().map(Mask::toBrle).map(dialect::ints).orElseGet(dialect::absent));
        bridge.startGiven("step_execute", "forward", a -> {
            Generator generator = step(a).generator();
            return new Bridge.Started<>(step(a).executeAsync(), output -> settled(generator, output), output -> {});
        });
        bridge.call("gen_awaits_advance", a -> generator(a).awaitsAdvance(a.flag(1, "all")));
        bridge.startGiven("gen_advance", "forward", a -> {
            Generator generator = generator(a);
            return new Bridge.Started<>(generator.advance(), done -> settled(generator, done), done -> {});
        });
    }

    /** Tell the program's own drafter of a step, on its thread, before it goes on. */
    private static <T> T settled(Generator generator, T result) {
        generator.settle();
        return result;
    }

    private static GuestSpeculator speculator(Args a, int i) {
        return new GuestSpeculator(a.handle(i, Callback.class));
    }

    private @Nullable Object or(@Nullable Object value) {
        return value == null ? bridge.dialect().absent() : value;
    }

    private @Nullable Object number(OptionalInt token) {
        return token.isPresent() ? (Object) token.getAsInt() : bridge.dialect().absent();
    }

    private static Generator generator(Args a) {
        return a.handle(0, Generator.class);
    }

    private static GenStep step(Args a) {
        return a.handle(0, GenStep.class);
    }

    /** Read options as pairs of snake_case name and value. */
    private static GenerateOptions options(Args a, int from) {
        var options = GenerateOptions.of();
        for (int i = from; i + 1 < a.count(); i += 2) {
            if (!a.has(i + 1)) {
                continue;
            }
            String name = a.text(i, "option");
            int at = i + 1;
            switch (name) {
                case "max_tokens" -> options.maxTokens(a.integer(at, name));
                case "stop" -> stops(a, at, name, options::stop);
                case "extra_stop" -> stops(a, at, name, options::extraStop);
                case "logit_mask" -> options.logitMask(a.mask(at, name));
                case "constrain" -> options.constrain(GrammarOps.constraints(a.value(at)));
                case "speculator" -> options.speculator(speculator(a, at));
                case "system_speculation" -> options.systemSpeculation(a.flag(at, name));
                case "adapter" -> options.adapter(a.handle(at, Adapter.class));
                case "zo_seed" -> options.zoSeed(a.seed(at, name));
                case "horizon" -> options.horizon(a.integer(at, name));
                case "rebid_each_step" -> options.rebidEachStep(a.flag(at, name));
                case "auto_flush" -> options.autoFlush(a.flag(at, name));
                case "seed" -> options.seed(a.seed(at, name));
                case "run_ahead" -> options.runAhead(a.integer(at, name));
                default -> throw Args.invalidType("generate: unknown option '" + name + "'");
            }
        }
        return options;
    }

    private static void set(Generator generator, Args a) {
        String name = a.text(1, "option");
        switch (name) {
            case "max_tokens" -> generator.maxTokens(a.integer(2, name));
            case "stop" -> stops(a, 2, name, generator::stop);
            case "add_stop" -> stops(a, 2, name, generator::addStop);
            case "logit_mask" -> generator.logitMask(a.mask(2, name));
            case "constrain" -> generator.constrain(GrammarOps.constraints(a.value(2)));
            case "speculator" -> generator.speculator(speculator(a, 2));
            case "system_speculation" -> generator.systemSpeculation(a.flag(2, name));
            case "adapter" -> generator.adapter(a.has(2) ? a.handle(2, Adapter.class) : null);
            case "zo_seed" -> generator.zoSeed(a.seed(2, name));
            case "horizon" -> generator.horizon(a.integer(2, name));
            case "rebid_each_step" -> generator.rebidEachStep(a.flag(2, name));
            case "seed" -> generator.seed(a.seed(2, name));
            case "run_ahead" -> generator.runAhead(a.integer(2, name));
            default -> throw Args.invalidType("generator: unknown setter '" + name + "'");
        }
    }

    /** Read ids and strings, or one string, or one id. */
    private static void stops(Args a, int at, String name, BiConsumer<List<Integer>, List<String>> set) {
        var ids = new ArrayList<Integer>();
        var strings = new ArrayList<String>();
        if (a.value(at).isString()) {
            strings.add(a.text(at, name));
        } else if (a.value(at).isNumber()) {
            ids.add(a.integer(at, name));
        } else {
            @Nullable Object plain = a.value(at).hasArrayElements() ? a.plain(at, name) : iterated(a.value(at), name);
            for (Object stop : (List<?>) java.util.Objects.requireNonNull(plain)) {
                if (stop instanceof String text) {
                    strings.add(text);
                } else if (stop instanceof Integer id) {
                    ids.add(id);
                } else {
                    throw Args.invalidType(name + " takes token ids and strings, got " + stop);
                }
            }
        }
        set.accept(ids, strings);
    }

    private static List<Object> iterated(Value value, String name) {
        if (!value.hasIterator()) {
            throw Args.invalidType(name + " takes token ids and strings");
        }
        var all = new ArrayList<Object>();
        Value iterator = value.getIterator();
        while (iterator.hasIteratorNextElement()) {
            Value v = iterator.getIteratorNextElement();
            all.add(v.isString() ? v.asString() : v.fitsInInt() ? (Object) v.asInt() : v.toString());
        }
        return all;
    }
}
