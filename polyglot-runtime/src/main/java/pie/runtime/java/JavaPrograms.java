package pie.runtime.java;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import pie.engine.PieException;
import pie.engine.Sha256;
import pie.runtime.ProgramSource;

/** Compile, check and instrument posted sources; keep the results by source, the least recently used going first. */
final class JavaPrograms {
    private static final int KEPT = 256;
    private static final Duration COMPILE_LIMIT = Duration.ofSeconds(30);

    private final SourceCompiler compiler = new SourceCompiler(COMPILE_LIMIT);
    private final boolean woven;
    private final Map<String, JavaProgram> cache = new LinkedHashMap<>(16, 0.75f, true);

    JavaPrograms() {
        this(true);
    }

    /** @param woven false leaves the gate out, for tests that compare results */
    JavaPrograms(boolean woven) {
        this.woven = woven;
    }

    /**
     * Return the program in the form that guests run.
     *
     * @throws PieException SOURCE_ERROR with {@code file line column}; PERMISSION_DENIED with {@code file line member hint}
     */
    JavaProgram admit(ProgramSource source) {
        String key = key(source);
        synchronized (cache) {
            JavaProgram known = cache.get(key);
            if (known != null) {
                return known;
            }
        }
        JavaProgram program = build(source);
        synchronized (cache) {
            cache.put(key, program);
            if (cache.size() > KEPT) {
                cache.remove(cache.keySet().iterator().next());
            }
        }
        return program;
    }

    private JavaProgram build(ProgramSource source) {
        var entryFile = new SourceFile(
                source.file().endsWith(".java") ? source.file() : source.file() + ".java", source.code());
        var files = new ArrayList<SourceFile>();
        files.add(entryFile);
        source.files().forEach((path, code) -> {
            if (path.endsWith(".java") && !path.equals(source.file())) {
                files.add(new SourceFile(path, code));
            }
        });
        Map<String, byte[]> compiled = compiler.compile(files);
        var models = new LinkedHashMap<String, ClassModel>();
        for (byte[] bytes : compiled.values()) {
            ClassModel model = ClassFile.of().parse(bytes);
            models.put(model.thisClass().asInternalName(), model);
        }
        var sources = new LinkedHashMap<String, JavaProgram.Source>();
        for (SourceFile f : files) {
            sources.put(
                    f.compiledName(), new JavaProgram.Source(f.path(), f.code().split("\\R", -1)));
        }
        List<Refusal> refusals = new Checker(models, Library.standard(), name -> {
                    JavaProgram.Source s = sources.get(name);
                    return s == null ? name : s.path();
                })
                .check();
        if (!refusals.isEmpty()) {
            throw Refusal.denied(refusals);
        }
        JavaProgram.Entry entry = source.entry().isEmpty()
                ? EntryPoint.module(models, entryFile.compiledName(), entryFile.path())
                : EntryPoint.find(models, entryFile.compiledName(), entryFile.path(), source.entry());
        return new JavaProgram(
                woven ? new Instrumenter(models, Rules.standard()).instrument() : compiled, entry, sources);
    }

    private static String key(ProgramSource source) {
        MessageDigest digest = Sha256.digest();
        add(digest, source.entry());
        add(digest, source.file());
        add(digest, source.code());
        new TreeMap<>(source.files()).forEach((path, code) -> {
            add(digest, path);
            add(digest, code);
        });
        return Sha256.hex(digest);
    }

    private static void add(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
        digest.update(bytes);
    }
}
