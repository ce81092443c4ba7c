package pie.runtime.java;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import pie.runtime.java.gate.Gate;

/** Load one run of a program: its classes and a gate of its own; from ours only the API, from the JDK only java.base. */
final class ProgramLoader extends ClassLoader {
    static final String NAME = "inferlet";
    private static final String GATE = Gate.class.getPackageName() + ".";
    private static final ConcurrentHashMap<String, byte[]> GATE_CLASSES = new ConcurrentHashMap<>();

    private final Map<String, byte[]> classes;

    ProgramLoader(Map<String, byte[]> classes) {
        super(NAME, null);
        this.classes = classes;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            byte[] code = name.startsWith(GATE) ? gateClass(name) : classes.get(name);
            if (code != null) {
                return defineClass(name, code, 0, code.length);
            }
            if (Api.mayLoad(name.replace('.', '/')) || name.equals(Stop.class.getName())) {
                return ProgramLoader.class.getClassLoader().loadClass(name);
            }
            if (name.startsWith("java.")) {
                return Class.forName(name, false, null);
            }
            throw new ClassNotFoundException(name);
        }
    }

    private static byte[] gateClass(String name) {
        return GATE_CLASSES.computeIfAbsent(name, n -> {
            String file = n.substring(n.lastIndexOf('.') + 1) + ".class";
            try (InputStream in = Gate.class.getResourceAsStream(file)) {
                if (in == null) {
                    throw new IllegalStateException("no class file of " + n);
                }
                return in.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
