package pie.runtime.bridge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;
import pie.inferlet.Context;
import pie.inferlet.Model;
import pie.inferlet.Tools;

/** Serve {@code tools}. */
final class ToolOps {
    private final Bridge bridge;

    ToolOps(Bridge bridge) {
        this.bridge = bridge;
    }

    void register() {
        Dialect dialect = bridge.dialect();
        bridge.call("tools_supported", a -> Tools.supported(model(a)));
        bridge.call("tools_equip_prefix", a -> dialect.ints(Tools.equipPrefix(model(a), tools(a))));
        bridge.call(
                "tools_answer_prefix",
                a -> dialect.ints(Tools.answerPrefix(model(a), a.text(1, "name"), a.text(2, "value"))));
        bridge.call(
                "tools_native_grammar",
                a -> Tools.nativeGrammar(model(a), tools(a))
                        .<Object>map(found -> found)
                        .orElseGet(dialect::absent));
        bridge.call(
                "tools_native_matcher",
                a -> Tools.nativeMatcher(model(a), tools(a))
                        .<Object>map(found -> found)
                        .orElseGet(dialect::absent));
        bridge.start(
                "tools_native_grammar_async",
                "host",
                a -> Tools.nativeGrammarAsync(model(a), tools(a)),
                found -> found.<Object>map(made -> made).orElseGet(dialect::absent));
        bridge.start(
                "tools_native_matcher_async",
                "host",
                a -> Tools.nativeMatcherAsync(model(a), tools(a)),
                found -> found.<Object>map(made -> made).orElseGet(dialect::absent));
        bridge.call("tools_parse_calls", a -> {
            Value output = a.value(1);
            return events(
                    output.isString()
                            ? Tools.parseCalls(model(a), a.text(1, "output"))
                            : Tools.parseCalls(model(a), a.ids(1, "output")));
        });
        bridge.call("tools_check", a -> {
            var unused = Tools.check(a.text(0, "name"), given(a, 1), given(a, 2));
            return dialect.absent();
        });
        bridge.run("ctx_equip", a -> a.handle(0, Context.class).equip(tools(a)));
        bridge.run("ctx_answer", a -> a.handle(0, Context.class).answer(a.text(1, "name"), a.text(2, "value")));
        bridge.call("tools_decoder_new", a -> new Tools.Decoder(model(a)));
        bridge.call("tools_decoder_feed", a -> event(decoder(a).feed(a.ids(1, "tokens"))));
        bridge.call("tools_decoder_feed_all", a -> events(decoder(a).feedAll(a.ids(1, "tokens"))));
        bridge.run("tools_decoder_reset", a -> decoder(a).reset());
    }

    private Object events(List<? extends Tools.Event> events) {
        var all = new ArrayList<Object>();
        for (Tools.Event event : events) {
            all.add(event(event));
        }
        return bridge.dialect().list(all);
    }

    /** Return an event as kind, name and arguments. */
    private Object event(Tools.Event event) {
        return bridge.dialect()
                .list(
                        switch (event) {
                            case Tools.Event.Start start -> List.of("start");
                            case Tools.Event.Call call -> List.of("call", call.name(), call.args());
                        });
    }

    private static Object given(Args a, int i) {
        @Nullable Object plain = a.plain(i, "arguments");
        return plain == null ? Map.of() : plain;
    }

    private static List<?> tools(Args a) {
        return tools(a, 1);
    }

    static List<?> tools(Args a, int i) {
        if (a.plain(i, "tools") instanceof List<?> list) {
            return list;
        }
        throw Args.invalidType("tools must be a list of {name, description, parameters}");
    }

    private static Model model(Args a) {
        return a.handle(0, Model.class);
    }

    private static Tools.Decoder decoder(Args a) {
        return a.handle(0, Tools.Decoder.class);
    }
}
