package pie.engine.adapter;

import java.lang.ref.SoftReference;
import java.util.List;
import java.util.function.Supplier;
import pie.engine.driver.LoraAdapter;
import pie.engine.model.LoraPair;

/** Hold an adapter's numbers with what names them. Never changes. */
public final class Adapter {
    private final AdapterId id;
    private final Supplier<LoraAdapter> numbers;

    private Adapter(AdapterId id, Supplier<LoraAdapter> numbers) {
        this.id = id;
        this.numbers = numbers;
    }

    public static Adapter of(LoraAdapter numbers) {
        return new Adapter(AdapterId.of(numbers), () -> numbers);
    }

    /** Make what a seed makes of an adapter; its numbers are kept while there is room for them, and made again when they are needed. */
    static Adapter perturbed(Adapter base, float sigma, long seed) {
        return new Adapter(base.id.perturbed(sigma, seed), new Supplier<>() {
            private SoftReference<LoraAdapter> made = new SoftReference<>(null);

            @Override
            public synchronized LoraAdapter get() {
                LoraAdapter numbers = made.get();
                if (numbers == null) {
                    numbers = new Noise(base.id, seed).added(base.numbers(), sigma);
                    made = new SoftReference<>(numbers);
                }
                return numbers;
            }
        });
    }

    public AdapterId id() {
        return id;
    }

    public LoraAdapter numbers() {
        return numbers.get();
    }

    /** Return the same under another name. */
    Adapter named(String name) {
        List<LoraPair> targets = numbers().targets();
        return new Adapter(new AdapterId(name, id.high(), id.low()), () -> new LoraAdapter(name, targets));
    }
}
