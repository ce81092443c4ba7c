package pie.runtime.replay;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.inferlet.Json;

/** Hold what goes into or comes out of one host call, independent of language, run and process. */
public sealed interface Datum {
    record Absent() implements Datum {}

    record Flag(boolean value) implements Datum {}

    record Whole(long value) implements Datum {}

    record Real(double value) implements Datum {}

    record Text(String value) implements Datum {}

    record Ints(int[] values) implements Datum {}

    record Floats(float[] values) implements Datum {}

    record Bytes(byte[] values) implements Datum {}

    record Logits(float[] values) implements Datum {}

    record Items(List<Datum> items) implements Datum {}

    /** Hold JSON-like data, with the keys of the language. */
    record Plain(String json) implements Datum {}

    /** Stand for an object of the host, by the order in which they first appeared. */
    record Handle(int number) implements Datum {}

    /** Hold a failure that the program saw. */
    record Failure(String code, String message, String details) implements Datum {
        public static Failure of(PieException e) {
            return new Failure(e.code().name(), e.message(), Json.text(e.details()));
        }

        /** Return what failed so. */
        @SuppressWarnings("unchecked")
        public PieException exception() {
            Map<String, Object> all =
                    Json.parse(details, "details") instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
            return new PieException(ErrorCode.valueOf(code), message, all);
        }
    }

    /** Hold an integer of more than 64 bits, in decimal. */
    record Large(String digits) implements Datum {
        /** Bits of the largest one: nobody takes more than 64, and reading more takes long. */
        public static final int MOST_BITS = 1024;
    }

    /** Hold a map: keys and values in turn. */
    record Entries(List<Datum> items) implements Datum {}

    /**
     * Stand for a value of the guest that stays there.
     *
     * @param kind name of its type
     */
    record Foreign(int number, String kind) implements Datum {}

    /**
     * Stand for a list that nobody takes.
     *
     * @param elements that it has, or {@link #DEEP} for one that holds itself
     */
    record Endless(long elements) implements Datum {
        public static final long DEEP = -1;
    }

    Datum ABSENT = new Absent();

    /** Deepest nesting that is read. */
    int DEEPEST = 80;

    /** Write a tag byte and the value; lengths and integers as {@link #number}s. */
    static void write(Datum datum, DataOutputStream out) throws IOException {
        switch (datum) {
            case Absent a -> out.writeByte(0);
            case Flag f -> out.writeByte(f.value ? 2 : 1);
            case Whole w -> {
                out.writeByte(3);
                number(w.value, out);
            }
            case Real r -> {
                out.writeByte(4);
                out.writeDouble(r.value);
            }
            case Text t -> {
                out.writeByte(5);
                text(t.value, out);
            }
            case Ints i -> {
                out.writeByte(6);
                number(i.values.length, out);
                for (int value : i.values) {
                    number(value, out);
                }
            }
            case Floats f -> {
                out.writeByte(7);
                floats(f.values, out);
            }
            case Bytes b -> {
                out.writeByte(8);
                number(b.values.length, out);
                out.write(b.values);
            }
            case Logits l -> {
                out.writeByte(9);
                floats(l.values, out);
            }
            case Items l -> {
                out.writeByte(10);
                items(l.items, out);
            }
            case Plain p -> {
                out.writeByte(11);
                text(p.json, out);
            }
            case Handle h -> {
                out.writeByte(12);
                number(h.number, out);
            }
            case Failure f -> {
                out.writeByte(13);
                text(f.code, out);
                text(f.message, out);
                text(f.details, out);
            }
            case Large l -> {
                out.writeByte(14);
                text(l.digits, out);
            }
            case Entries e -> {
                out.writeByte(15);
                items(e.items, out);
            }
            case Foreign f -> {
                out.writeByte(16);
                number(f.number, out);
                text(f.kind, out);
            }
            case Endless e -> {
                out.writeByte(17);
                number(e.elements, out);
            }
        }
    }

    static Datum read(DataInputStream in) throws IOException {
        return read(in, 0);
    }

    private static Datum read(DataInputStream in, int depth) throws IOException {
        if (depth > DEEPEST) {
            throw new IOException("a value is nested more than " + DEEPEST + " levels deep");
        }
        int tag = in.readUnsignedByte();
        return switch (tag) {
            case 0 -> ABSENT;
            case 1, 2 -> new Flag(tag == 2);
            case 3 -> new Whole(number(in));
            case 4 -> new Real(in.readDouble());
            case 5 -> new Text(text(in));
            case 6 -> {
                int[] values = new int[length(in)];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (int) number(in);
                }
                yield new Ints(values);
            }
            case 7 -> new Floats(floats(in));
            case 8 -> new Bytes(in.readNBytes(length(in)));
            case 9 -> new Logits(floats(in));
            case 10 -> new Items(items(in, depth));
            case 11 -> new Plain(text(in));
            case 12 -> new Handle((int) number(in));
            case 13 -> new Failure(code(text(in)), text(in), text(in));
            case 14 -> new Large(text(in));
            case 15 -> new Entries(items(in, depth));
            case 16 -> new Foreign((int) number(in), text(in));
            case 17 -> new Endless(number(in));
            default -> throw new IOException("no answer has the tag " + tag);
        };
    }

    private static void items(List<Datum> items, DataOutputStream out) throws IOException {
        number(items.size(), out);
        for (Datum item : items) {
            write(item, out);
        }
    }

    private static List<Datum> items(DataInputStream in, int depth) throws IOException {
        int n = length(in);
        var items = new ArrayList<Datum>(Math.min(n, 1024));
        for (int i = 0; i < n; i++) {
            items.add(read(in, depth + 1));
        }
        return List.copyOf(items);
    }

    /** Write a signed integer in groups of seven bits, small ones in few bytes. */
    static void number(long value, DataOutputStream out) throws IOException {
        long rest = value << 1 ^ value >> 63;
        while ((rest & ~0x7fL) != 0) {
            out.writeByte((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.writeByte((int) rest);
    }

    static long number(DataInputStream in) throws IOException {
        long bits = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int b = in.readUnsignedByte();
            bits |= (long) (b & 0x7f) << shift;
            if (b < 0x80) {
                return bits >>> 1 ^ -(bits & 1);
            }
        }
        throw new IOException("an integer has more than 64 bits");
    }

    private static String code(String word) throws IOException {
        try {
            return ErrorCode.valueOf(word).name();
        } catch (IllegalArgumentException unknown) {
            throw new IOException("no failure has the code " + word, unknown);
        }
    }

    private static int length(DataInputStream in) throws IOException {
        long n = number(in);
        if (n < 0 || n > in.available()) {
            throw new IOException("a length of " + n + " does not fit");
        }
        return (int) n;
    }

    static void text(String text, DataOutputStream out) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        number(bytes.length, out);
        out.write(bytes);
    }

    static String text(DataInputStream in) throws IOException {
        return new String(in.readNBytes(length(in)), StandardCharsets.UTF_8);
    }

    private static void floats(float[] values, DataOutputStream out) throws IOException {
        number(values.length, out);
        for (float value : values) {
            out.writeFloat(value);
        }
    }

    private static float[] floats(DataInputStream in) throws IOException {
        float[] values = new float[length(in)];
        for (int i = 0; i < values.length; i++) {
            values[i] = in.readFloat();
        }
        return values;
    }
}
