package pie.engine.jinja;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is given to a function, filter, test or macro. */
record Arguments(List<@Nullable Object> positional, Map<String, @Nullable Object> named) {
    static final Arguments NONE = new Arguments(List.of(), Map.of());

    static Arguments of(@Nullable Object... positional) {
        return new Arguments(new Tuple(positional), Map.of());
    }

    int count() {
        return positional.size();
    }

    boolean has(int place, String name) {
        return place < positional.size() || named.containsKey(name);
    }

    /** Return an argument by its place or name, {@code otherwise} if it was not given. */
    @Nullable
    Object get(int place, String name, @Nullable Object otherwise) {
        return place < positional.size() ? positional.get(place) : named.getOrDefault(name, otherwise);
    }

    /** Return an argument that has to be there. */
    @Nullable
    Object need(int place, String name) {
        if (!has(place, name)) {
            throw new JinjaException("the argument '" + name + "' is missing");
        }
        return get(place, name, null);
    }

    String text(int place, String name) {
        return Values.text(need(place, name));
    }

    long integer(int place, String name, long otherwise) {
        return has(place, name) ? Values.integer(get(place, name, null)) : otherwise;
    }

    boolean truth(int place, String name, boolean otherwise) {
        return has(place, name) ? Values.truth(get(place, name, null)) : otherwise;
    }

    /** Return what is left without the first positional ones. */
    Arguments without(int count) {
        return new Arguments(positional.subList(Math.min(count, positional.size()), positional.size()), named);
    }
}
