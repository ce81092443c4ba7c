package pie.runtime.bridge;

import java.util.List;
import java.util.function.Consumer;
import org.graalvm.polyglot.Value;

/** Call the methods of an object that the program handed in. On the program's thread, inside one of its own calls. */
final class Callback {
    static final String FORK = "fork";

    private final Bridge bridge;
    private final Value object;
    private final int number;

    Callback(Bridge bridge, Value object) {
        this.bridge = bridge;
        this.object = object;
        this.number = bridge.numberCallback();
    }

    /** Return which of the program's callbacks this is, in the order in which they were made. */
    int number() {
        return number;
    }

    boolean has(String member) {
        return object.hasMember(bridge.dialect().member(member));
    }

    /** Call a method with ids or a number; what it throws passes through to the program. */
    Value call(String member, Object... arguments) {
        List<Object> given = List.of(arguments);
        bridge.noteCallback(number, member, given);
        return run(member, given);
    }

    /** Have the object make another. */
    Callback make(String member) {
        return new Callback(bridge, call(member));
    }

    /** Call a method, or read what stands under its name. */
    Value run(String member, List<Object> arguments) {
        String name = bridge.dialect().member(member);
        return bridge.inGuest(() -> {
            Value found = object.getMember(name);
            if (found == null || !found.canExecute()) {
                if (found == null || !arguments.isEmpty()) {
                    throw Args.invalidType("a constraint or a speculator needs a method " + name);
                }
                return found;
            }
            Object[] made = arguments.stream()
                    .map(one -> one instanceof int[] ids ? bridge.dialect().ints(ids) : one)
                    .toArray();
            return object.canInvokeMember(name) ? object.invokeMember(name, made) : found.execute(made);
        });
    }

    /** Call a method as a recorded run did; a callback that it makes is told. */
    void replay(String member, List<Object> arguments, Consumer<Callback> made) {
        Value value = run(member, arguments);
        if (member.equals(FORK)) {
            made.accept(new Callback(bridge, value));
        }
    }
}
