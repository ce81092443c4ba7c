package pie.runtime.bridge;

import java.util.ArrayList;
import java.util.List;
import pie.engine.PieException;
import pie.inferlet.Context;
import pie.inferlet.Generator;
import pie.inferlet.Host;
import pie.inferlet.Passing;

/** Serve {@code polyglot}: files of the program in other languages, and what the facade needs to make objects of handles. */
final class ModuleOps {
    private final Bridge bridge;

    ModuleOps(Bridge bridge) {
        this.bridge = bridge;
    }

    void register() {
        bridge.call("module_load", a -> bridge.host().load(a.text(0, "file")));
        bridge.call(
                "module_functions",
                a -> bridge.dialect().list(a.handle(0, Host.Foreign.class).functions()));
        bridge.call("module_call", a -> {
            Host.Passed answer = a.handle(0, Host.Foreign.class)
                    .call(a.text(1, "function"), new Host.Passed(a.text(2, "arguments"), handles(a, 3)));
            var all = new ArrayList<Object>();
            all.add(answer.json());
            all.addAll(answer.handles());
            return bridge.dialect().list(all);
        });
        bridge.call("object_kind", ModuleOps::kind);
        bridge.call("ctx_model", a -> a.handle(0, Context.class).model());
        bridge.call("gen_context", a -> a.handle(0, Generator.class).context());
    }

    private static String kind(Args a) {
        return Passing.kind(a.has(0) && a.value(0).isHostObject() ? a.value(0).<Object>asHostObject() : null)
                .orElseThrow(() -> PieException.invalid("this is no object of the interface"));
    }

    private static List<Object> handles(Args a, int from) {
        var handles = new ArrayList<Object>();
        for (int i = from; i < a.count(); i++) {
            if (!a.value(i).isHostObject()) {
                throw PieException.invalid("only objects of pie's own are passed by reference");
            }
            handles.add(a.value(i).asHostObject());
        }
        return handles;
    }
}
