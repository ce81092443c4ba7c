package pie.engine.adapter;

import pie.engine.driver.LoraAdapter;

/** Hold an adapter's numbers with what names them. */
public record Adapter(AdapterId id, LoraAdapter numbers) {
    public static Adapter of(LoraAdapter numbers) {
        return new Adapter(AdapterId.of(numbers.name(), numbers), numbers);
    }
}
