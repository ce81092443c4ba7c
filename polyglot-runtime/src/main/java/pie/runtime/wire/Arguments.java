package pie.runtime.wire;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyArray;
import org.graalvm.polyglot.proxy.ProxyHashMap;
import org.graalvm.polyglot.proxy.ProxyIterator;
import org.graalvm.polyglot.proxy.ProxyObject;
import org.jspecify.annotations.Nullable;
import pie.engine.PieException;
import pie.runtime.bridge.Args;
import pie.runtime.bridge.Kinds;
import pie.runtime.replay.Datum;

/** Make values of data that came from a worker, for operations that read values of guests. */
final class Arguments {
    /** Calls a method of an object that stayed in the worker. */
    interface Caller {
        Value call(int object, String member, Value[] arguments);
    }

    /** Number of a value that stayed in the worker and has no methods to be called. */
    private static final int NO_OBJECT = 0;

    private final Context context;
    private final Lent lent;
    private final Kinds kinds;
    private final Caller caller;

    Arguments(Context context, Lent lent, Kinds kinds, Caller caller) {
        this.context = context;
        this.lent = lent;
        this.kinds = kinds;
        this.caller = caller;
    }

    Value value(Datum datum) {
        return context.asValue(host(datum));
    }

    private @Nullable Object host(Datum datum) {
        return switch (datum) {
            case Datum.Absent a -> null;
            case Datum.Flag f -> f.value();
            case Datum.Whole w -> w.value() == (int) w.value() ? (Object) (int) w.value() : (Object) w.value();
            case Datum.Large l -> large(l.digits());
            case Datum.Real r -> r.value();
            case Datum.Text t -> t.value();
            case Datum.Ints i -> array(i);
            case Datum.Bytes b -> ByteBuffer.wrap(b.values());
            case Datum.Floats f -> floats(f.values());
            case Datum.Logits l -> floats(l.values());
            case Datum.Items l -> hosts(l.items());
            case Datum.Entries e -> map(e.items());
            case Datum.Plain p -> p.json();
            case Datum.Handle h -> lent.object(h.number());
            case Datum.Foreign f -> new Far(f.number(), f.kind());
            case Datum.Endless e -> unread(e);
            case Datum.Failure f -> null;
        };
    }

    private static BigInteger large(String digits) {
        if (digits.length() > Datum.Large.MOST_BITS) {
            throw PieException.invalid("an integer has " + digits.length() + " digits");
        }
        return new BigInteger(digits);
    }

    /** A list that the worker did not read to its end, for nobody takes it. */
    private Object unread(Datum.Endless endless) {
        if (endless.elements() != Datum.Endless.DEEP) {
            return new Elements(kinds.list(), Math.max(0, endless.elements()), at -> null);
        }
        Object[] itself = new Object[1];
        itself[0] = new Elements(kinds.list(), 1, at -> itself[0]);
        return itself[0];
    }

    private ProxyArray hosts(List<Datum> items) {
        @Nullable Object[] all = new @Nullable Object[items.size()];
        for (int i = 0; i < all.length; i++) {
            all[i] = host(items.get(i));
        }
        return new Elements(kinds.list(), all.length, at -> all[at]);
    }

    private ProxyArray array(Datum.Ints ints) {
        return new Elements(kinds.list(), ints.values().length, at -> ints.values()[at]);
    }

    private ProxyArray floats(float[] values) {
        return new Elements(kinds.list(), values.length, at -> (double) values[at]);
    }

    /** A list of the program. */
    private record Elements(String kind, long getSize, IntFunction<@Nullable Object> at)
            implements ProxyArray, Args.Named {
        @Override
        public @Nullable Object get(long index) {
            if (index < 0 || index >= getSize) {
                throw new ArrayIndexOutOfBoundsException((int) index);
            }
            return at.apply((int) index);
        }

        @Override
        public void set(long index, Value value) {
            throw new UnsupportedOperationException("a list of the program is not changed");
        }
    }

    private Object map(List<Datum> items) {
        var map = new LinkedHashMap<Object, Object>();
        for (int i = 0; i + 1 < items.size(); i += 2) {
            Object key = host(items.get(i));
            if (key != null) {
                putNullable(map, key, host(items.get(i + 1)));
            }
        }
        return new Entries(kinds.map(), map);
    }

    /** A map of the program. */
    private record Entries(String kind, Map<Object, Object> map) implements ProxyHashMap, Args.Named {
        @Override
        public long getHashSize() {
            return map.size();
        }

        @Override
        public boolean hasHashEntry(Value key) {
            return map.containsKey(key.as(Object.class));
        }

        @Override
        public @Nullable Object getHashValue(Value key) {
            return map.get(key.as(Object.class));
        }

        @Override
        public void putHashEntry(Value key, Value value) {
            throw new UnsupportedOperationException("a map of the program is not changed");
        }

        @Override
        public Object getHashEntriesIterator() {
            Iterator<Map.Entry<Object, Object>> all = map.entrySet().iterator();
            return new ProxyIterator() {
                @Override
                public boolean hasNext() {
                    return all.hasNext();
                }

                @Override
                @SuppressWarnings("NullAway") // the map of a guest may hold its null
                public Object getNext() {
                    Map.Entry<Object, Object> next = all.next();
                    return ProxyArray.fromArray(next.getKey(), next.getValue());
                }
            };
        }
    }

    @SuppressWarnings("NullAway") // the map of a guest may hold its null
    private static void putNullable(Map<Object, Object> map, Object key, @Nullable Object value) {
        map.put(key, value);
    }

    /** An object of the program that stayed in the worker; whether it has a member is found out there. */
    final class Far implements ProxyObject, Args.Named {
        private static final String HAS = "has ";

        private final int number;
        private final String kind;
        private final Map<String, Boolean> members = new HashMap<>();

        Far(int number, String kind) {
            this.number = number;
            this.kind = kind;
        }

        @Override
        public String kind() {
            return kind;
        }

        @Override
        public Object getMember(String key) {
            return (org.graalvm.polyglot.proxy.ProxyExecutable) values -> caller.call(number, key, values);
        }

        @Override
        public Object getMemberKeys() {
            return ProxyArray.fromArray();
        }

        @Override
        public boolean hasMember(String key) {
            Boolean known = members.get(key);
            if (known == null) {
                Value said = number == NO_OBJECT ? null : caller.call(number, HAS + key, new Value[0]);
                known = said != null && said.isBoolean() && said.asBoolean();
                members.put(key, known);
            }
            return known;
        }

        @Override
        public void putMember(String key, Value value) {
            throw new UnsupportedOperationException("objects of the program are not changed");
        }
    }
}
