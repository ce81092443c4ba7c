package pie.engine.grammar.schema;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import pie.engine.grammar.schema.NumberRange.Bound;

/** Find the tightest bounds on numbers in a conjunction. */
record NumberBounds(@Nullable Bound low, @Nullable Bound high) {
    static NumberBounds of(List<Place> schemas) {
        @Nullable Bound low = null;
        @Nullable Bound high = null;
        for (Place schema : schemas) {
            low = tighter(low, bound(schema, "minimum", "exclusiveMinimum"), 1);
            low = tighter(low, exclusive(schema, "exclusiveMinimum"), 1);
            high = tighter(high, bound(schema, "maximum", "exclusiveMaximum"), -1);
            high = tighter(high, exclusive(schema, "exclusiveMaximum"), -1);
        }
        return new NumberBounds(low, high);
    }

    boolean none() {
        return low == null && high == null;
    }

    boolean allows(BigDecimal value) {
        return (low == null || inside(value.compareTo(low.value()), low))
                && (high == null || inside(-value.compareTo(high.value()), high));
    }

    private static boolean inside(int order, Bound bound) {
        return order > 0 || (order == 0 && bound.inclusive());
    }

    private static @Nullable Bound tighter(@Nullable Bound a, @Nullable Bound b, int sign) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        int order = sign * a.value().compareTo(b.value());
        return order > 0 || (order == 0 && !a.inclusive()) ? a : b;
    }

    /** Draft 4 says with a boolean beside the bound that it is exclusive. */
    private static @Nullable Bound bound(Place schema, String keyword, String exclusive) {
        if (!schema.has(keyword)) {
            return null;
        }
        boolean open = schema.has(exclusive)
                && schema.node().get(exclusive).isBoolean()
                && schema.node().get(exclusive).asBoolean();
        return new Bound(number(schema.member(keyword)), !open);
    }

    private static @Nullable Bound exclusive(Place schema, String keyword) {
        return schema.has(keyword) && !schema.node().get(keyword).isBoolean()
                ? new Bound(number(schema.member(keyword)), false)
                : null;
    }

    private static BigDecimal number(Place place) {
        if (!place.node().isNumber()) {
            throw SchemaErrors.invalid(place.pointer(), "must be a number");
        }
        BigDecimal value = place.node().decimalValue();
        if (NumberRange.isTooLong(value)) {
            throw SchemaErrors.unsupported(place.pointer(), "the bound has too many digits");
        }
        return value;
    }
}
