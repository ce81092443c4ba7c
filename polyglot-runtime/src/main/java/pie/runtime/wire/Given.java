package pie.runtime.wire;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;
import pie.engine.PieException;
import pie.runtime.bridge.Args;
import pie.runtime.replay.Datum;

/** Make data of the values that a program gives to a host call; what is no data stays here and is known by a number. One thread. */
final class Given {
    private final boolean membersAreData;
    private final Map<Integer, Value> stayed = new HashMap<>();
    private int last;

    /** @param membersAreData whether objects of the language with members are maps: JavaScript's are, Python's are not */
    Given(boolean membersAreData) {
        this.membersAreData = membersAreData;
    }

    /** Return the value that stayed under a number. */
    Value stayed(int number) {
        Value value = stayed.get(number);
        if (value == null) {
            throw PieException.invalid("no object of the program has the number " + number);
        }
        return value;
    }

    /** Keep an object here, for its methods to be called. */
    Datum keep(Value value) {
        stayed.put(++last, value);
        return new Datum.Foreign(last, kind(value));
    }

    Datum datum(Value value) {
        try {
            return new Tree().datum(value, 0);
        } catch (Endless e) {
            return e.data;
        }
    }

    private static String kind(Value v) {
        Value meta = v.getMetaObject();
        return meta == null ? "a foreign value" : meta.getMetaSimpleName();
    }

    /** Ends the reading of what nobody would take: the server refuses what stands for it in the words that it would refuse it with. */
    private static final class Endless extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient Datum data;

        Endless(long elements) {
            super("more than anybody takes", null, false, false);
            data = new Datum.Endless(elements);
        }
    }

    /** Reads one value with all that it holds. */
    private final class Tree {
        private int read;

        private Datum datum(Value v, int depth) {
            if (depth > Datum.DEEPEST) {
                throw new Endless(Datum.Endless.DEEP);
            }
            if (++read > Args.MOST_PLAIN) {
                throw new Endless(read);
            }
            if (v.isNull()) {
                return Datum.ABSENT;
            }
            if (v.isString()) {
                return new Datum.Text(v.asString());
            }
            if (v.isBoolean()) {
                return new Datum.Flag(v.asBoolean());
            }
            if (v.isNumber()) {
                return number(v);
            }
            if (v.isHostObject()) {
                return v.asHostObject() instanceof Borrowed object
                        ? new Datum.Handle(object.number())
                        : new Datum.Foreign(0, kind(v));
            }
            if (v.hasBufferElements()) {
                byte[] bytes = new byte[Math.toIntExact(v.getBufferSize())];
                v.readBuffer(0, bytes, 0, bytes.length);
                return new Datum.Bytes(bytes);
            }
            if (v.hasArrayElements()) {
                return array(v, depth);
            }
            if (v.hasHashEntries()) {
                return entries(v, depth);
            }
            if (v.hasIterator()) {
                return iterated(v.getIterator(), depth);
            }
            if (membersAreData && v.hasMembers() && !v.canExecute()) {
                return members(v, depth);
            }
            return new Datum.Foreign(0, kind(v));
        }

        private Datum number(Value v) {
            if (v.fitsInLong()) {
                return new Datum.Whole(v.asLong());
            }
            if (v.fitsInDouble()) {
                return new Datum.Real(v.asDouble());
            }
            return v.asBigInteger().bitLength() > Datum.Large.MOST_BITS
                    ? new Datum.Real(v.asBigInteger().doubleValue())
                    : new Datum.Large(v.asBigInteger().toString());
        }

        private Datum array(Value v, int depth) {
            if (v.hasMember("byteOffset")) {
                int[] ids = Args.typedArray(v);
                if (ids != null) {
                    return new Datum.Ints(ids);
                }
            }
            long n = v.getArraySize();
            if (n > Args.MOST_ELEMENTS) {
                throw new Endless(n);
            }
            var list = new Elements();
            for (long i = 0; i < n; i++) {
                list.add(v.getArrayElement(i), depth);
            }
            return list.datum();
        }

        private Datum iterated(Value iterator, int depth) {
            var list = new Elements();
            while (iterator.hasIteratorNextElement()) {
                list.add(iterator.getIteratorNextElement(), depth);
            }
            return list.datum();
        }

        private Datum entries(Value v, int depth) {
            List<Datum> items = new ArrayList<>();
            Value entries = v.getHashEntriesIterator();
            while (entries.hasIteratorNextElement()) {
                Value entry = entries.getIteratorNextElement();
                items.add(datum(entry.getArrayElement(0), depth + 1));
                items.add(datum(entry.getArrayElement(1), depth + 1));
            }
            return new Datum.Entries(items);
        }

        private Datum members(Value v, int depth) {
            List<Datum> items = new ArrayList<>();
            for (String key : v.getMemberKeys()) {
                items.add(new Datum.Text(key));
                items.add(datum(v.getMember(key), depth + 1));
            }
            return new Datum.Entries(items);
        }

        /** The elements of a list: integers while all are, as most lists are of ids. */
        private final class Elements {
            private int[] ints = new int[16];
            private int count;
            private @Nullable List<Datum> mixed;

            void add(Value v, int depth) {
                if (mixed == null && v.isNumber() && v.fitsInInt()) {
                    if (count == Args.MOST_ELEMENTS) {
                        throw new Endless(count + 1L);
                    }
                    if (count == ints.length) {
                        ints = Arrays.copyOf(ints, 2 * count);
                    }
                    ints[count++] = v.asInt();
                    return;
                }
                if (mixed == null) {
                    mixed = new ArrayList<>();
                    for (int i = 0; i < count; i++) {
                        mixed.add(new Datum.Whole(ints[i]));
                    }
                }
                mixed.add(Tree.this.datum(v, depth + 1));
            }

            Datum datum() {
                return mixed == null ? new Datum.Ints(Arrays.copyOf(ints, count)) : new Datum.Items(mixed);
            }
        }
    }
}
