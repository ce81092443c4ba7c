package pie.runtime.java.gate;

import java.util.Collection;
import java.util.Random;
import java.util.function.DoublePredicate;
import java.util.function.DoubleSupplier;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntPredicate;
import java.util.function.IntSupplier;
import java.util.function.IntUnaryOperator;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Let every stream source that is not a collection check at each element; as filters, they also hide a size to allocate for. */
@SuppressWarnings("overloads")
public final class Streams {
    private Streams() {}

    private static <T> Stream<T> polled(Stream<T> s) {
        return s.filter(x -> {
            Gate.check();
            return true;
        });
    }

    private static IntStream polled(IntStream s) {
        return s.filter(x -> {
            Gate.check();
            return true;
        });
    }

    private static LongStream polled(LongStream s) {
        return s.filter(x -> {
            Gate.check();
            return true;
        });
    }

    private static DoubleStream polled(DoubleStream s) {
        return s.filter(x -> {
            Gate.check();
            return true;
        });
    }

    @Replaces(value = IntStream.class, statically = true)
    public static IntStream range(int a, int b) {
        return polled(IntStream.range(a, b));
    }

    @Replaces(value = IntStream.class, statically = true)
    public static IntStream rangeClosed(int a, int b) {
        return polled(IntStream.rangeClosed(a, b));
    }

    @Replaces(value = LongStream.class, statically = true)
    public static LongStream range(long a, long b) {
        return polled(LongStream.range(a, b));
    }

    @Replaces(value = LongStream.class, statically = true)
    public static LongStream rangeClosed(long a, long b) {
        return polled(LongStream.rangeClosed(a, b));
    }

    @Replaces(value = Stream.class, statically = true)
    public static <T> Stream<T> generate(Supplier<? extends T> s) {
        return polled(Stream.generate(s));
    }

    @Replaces(value = Stream.class, statically = true)
    public static <T> Stream<T> iterate(T seed, UnaryOperator<T> f) {
        return polled(Stream.iterate(seed, f));
    }

    @Replaces(value = Stream.class, statically = true)
    public static <T> Stream<T> iterate(T seed, Predicate<? super T> more, UnaryOperator<T> f) {
        return polled(Stream.iterate(seed, more, f));
    }

    @Replaces(value = IntStream.class, statically = true)
    public static IntStream generate(IntSupplier s) {
        return polled(IntStream.generate(s));
    }

    @Replaces(value = IntStream.class, statically = true)
    public static IntStream iterate(int seed, IntUnaryOperator f) {
        return polled(IntStream.iterate(seed, f));
    }

    @Replaces(value = IntStream.class, statically = true)
    public static IntStream iterate(int seed, IntPredicate more, IntUnaryOperator f) {
        return polled(IntStream.iterate(seed, more, f));
    }

    @Replaces(value = LongStream.class, statically = true)
    public static LongStream generate(LongSupplier s) {
        return polled(LongStream.generate(s));
    }

    @Replaces(value = LongStream.class, statically = true)
    public static LongStream iterate(long seed, LongUnaryOperator f) {
        return polled(LongStream.iterate(seed, f));
    }

    @Replaces(value = LongStream.class, statically = true)
    public static LongStream iterate(long seed, LongPredicate more, LongUnaryOperator f) {
        return polled(LongStream.iterate(seed, more, f));
    }

    @Replaces(value = DoubleStream.class, statically = true)
    public static DoubleStream generate(DoubleSupplier s) {
        return polled(DoubleStream.generate(s));
    }

    @Replaces(value = DoubleStream.class, statically = true)
    public static DoubleStream iterate(double seed, DoubleUnaryOperator f) {
        return polled(DoubleStream.iterate(seed, f));
    }

    @Replaces(value = DoubleStream.class, statically = true)
    public static DoubleStream iterate(double seed, DoublePredicate more, DoubleUnaryOperator f) {
        return polled(DoubleStream.iterate(seed, more, f));
    }

    /** A collection's elements: nested empty or filtered streams can make the library spin without any other check. */
    @Replaces(Collection.class)
    public static <T> Stream<T> stream(Collection<T> c) {
        return c.stream().peek(x -> Gate.check());
    }

    @Replaces(Random.class)
    public static IntStream ints(Random r) {
        return polled(r.ints());
    }

    @Replaces(Random.class)
    public static IntStream ints(Random r, long n) {
        return polled(r.ints(n));
    }

    @Replaces(Random.class)
    public static IntStream ints(Random r, int from, int to) {
        return polled(r.ints(from, to));
    }

    @Replaces(Random.class)
    public static IntStream ints(Random r, long n, int from, int to) {
        return polled(r.ints(n, from, to));
    }

    @Replaces(Random.class)
    public static LongStream longs(Random r, long n) {
        return polled(r.longs(n));
    }

    @Replaces(Random.class)
    public static DoubleStream doubles(Random r) {
        return polled(r.doubles());
    }

    @Replaces(Random.class)
    public static DoubleStream doubles(Random r, long n) {
        return polled(r.doubles(n));
    }
}
