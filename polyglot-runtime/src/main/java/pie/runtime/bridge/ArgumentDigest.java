package pie.runtime.bridge;

import org.graalvm.polyglot.Value;

/** Digest the arguments of a call, so that a run that strays from its recording is told. */
final class ArgumentDigest {
    private static final int DEEPEST = 64;

    private final Handles handles;

    ArgumentDigest(Handles handles) {
        this.handles = handles;
    }

    int of(Args args) {
        int digest = args.count();
        for (int i = 0; i < args.count(); i++) {
            digest = 31 * digest + of(args.value(i), 0);
        }
        return digest;
    }

    private int of(Value value, int depth) {
        if (value.isNull() || depth > DEEPEST) {
            return 1;
        }
        if (value.isString()) {
            return value.asString().hashCode();
        }
        if (value.isBoolean()) {
            return value.asBoolean() ? 2 : 3;
        }
        if (value.isNumber()) {
            return value.fitsInLong()
                    ? Long.hashCode(value.asLong())
                    : value.fitsInDouble() ? Double.hashCode(value.asDouble()) : 4;
        }
        if (value.isHostObject()) {
            return 5 + handles.number(value.asHostObject());
        }
        if (value.hasBufferElements()) {
            int digest = 7;
            for (long i = 0; i < value.getBufferSize(); i++) {
                digest = 31 * digest + value.readBufferByte(i);
            }
            return digest;
        }
        if (value.hasArrayElements()) {
            int digest = 6;
            for (long i = 0; i < value.getArraySize(); i++) {
                digest = 31 * digest + of(value.getArrayElement(i), depth + 1);
            }
            return digest;
        }
        return 9; // maps and objects: which of the two one is depends on the way by which it came
    }
}
