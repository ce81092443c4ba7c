/**
 * Run Java programs in this JVM, contained by their bytecode.
 *
 * <p>A source is compiled in memory ({@link pie.runtime.java.SourceCompiler}), its class files are checked against an explicit list
 * of library classes and members ({@link pie.runtime.java.Checker}), and calls into the {@linkplain pie.runtime.java.gate gate} are
 * woven in ({@link pie.runtime.java.Instrumenter}). The result, a {@link pie.runtime.java.JavaProgram}, is loaded afresh for each
 * run by a loader that sees the library, the inferlet API and nothing of the engine.
 *
 * <p>The law: a program that passed the check can name nothing that reaches a file, a socket, a thread, another program or the
 * engine, and it ends soon after it is told to. What is known to be missing from that is written in docs/guide/java-programs.md.
 */
@org.jspecify.annotations.NullMarked
package pie.runtime.java;
