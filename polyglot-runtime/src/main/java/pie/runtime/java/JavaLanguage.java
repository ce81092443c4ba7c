package pie.runtime.java;

import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import pie.runtime.Guest;
import pie.runtime.GuestLanguage;
import pie.runtime.Language;
import pie.runtime.ProgramSource;

/** Run Java programs from source. */
final class JavaLanguage implements GuestLanguage<JavaProgram> {
    private final JavaPrograms programs = new JavaPrograms();
    private final AtomicBoolean warm = new AtomicBoolean();
    private final long memory;

    JavaLanguage(long memory) {
        this.memory = memory;
    }

    @Override
    public Set<Language> languages() {
        return Set.of(Language.JAVA);
    }

    @Override
    public JavaProgram check(ProgramSource source) {
        return programs.admit(source);
    }

    /** Make a guest; the first call also warms the compiler, which takes a second. */
    @Override
    public Guest<JavaProgram> prepare() {
        if (warm.compareAndSet(false, true)) {
            Library.standard().initialise();
            programs.admit(ProgramSource.of(Language.JAVA, "Warm.java", """
                    import pie.inferlet.*;

                    record Question(String text, int limit) {}

                    String main(Question q) {
                        var counts = new TreeMap<String, Integer>();
                        for (var word : (q.text() + " a b a").split(" ")) {
                            counts.merge(word, 1, Integer::sum);
                        }
                        return counts.entrySet().stream().map(e -> e.getKey() + e.getValue()).collect(Collectors.joining());
                    }
                    """));
        }
        return new JavaGuest(memory);
    }

    @Override
    public void close() {}
}
