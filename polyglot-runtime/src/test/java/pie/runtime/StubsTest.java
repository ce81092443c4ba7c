package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import pie.engine.process.Outcome;
import tools.jackson.databind.json.JsonMapper;

/** The stubs name what the modules have, no more and no less: programs look at their own modules, in the language. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
final class StubsTest {
    /** Read the stubs as Python reads them, and compare names, and the parameters of functions. */
    private static final String PYTHON = """
            import ast, importlib, inspect, types

            INTERNAL = {"sampler.handle", "grammar.constraints", "grammar.drafter", "tools.described", "errors.raise_error",
                "polyglot.Module.__getattr__"}
            OURS = ("inferlet", "types")

            def public(name):
                return not name.startswith("_")

            def parameters(f):
                a = f.args
                return [x.arg for x in a.posonlyargs + a.args + a.kwonlyargs if x.arg not in ("self", "cls")]

            def stub_class(node, trees):
                members = {}
                for base in node.bases:
                    if isinstance(base, ast.Name):
                        for tree in trees.values():
                            for other in tree.body:
                                if isinstance(other, ast.ClassDef) and other.name == base.id:
                                    members.update(stub_class(other, trees))
                for item in node.body:
                    if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)):
                        plain = not any(isinstance(d, ast.Name) and d.id == "property" for d in item.decorator_list)
                        members[item.name] = parameters(item) if plain else None
                    elif isinstance(item, ast.AnnAssign):
                        members[item.target.id] = None
                    elif isinstance(item, ast.Assign):
                        members[item.targets[0].id] = None
                    elif isinstance(item, ast.ClassDef):
                        members[item.name] = None
                return members

            def protocol(node):
                return any(isinstance(b, ast.Name) and b.id in ("Protocol", "TypedDict") for b in node.bases)

            def real_parameters(f):
                f = getattr(f, "__func__", f)
                if not isinstance(f, types.FunctionType):
                    return None
                kinds = inspect.signature(f).parameters.values()
                if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in kinds):
                    return None
                return [p.name for p in kinds if p.name not in ("self", "cls")]

            def real_class(cls):
                members = {}
                for base in reversed(cls.__mro__):
                    if base.__module__.startswith("inferlet"):
                        members.update(base.__dict__)
                return {n: v for n, v in members.items() if public(n)}

            def main(input):
                wrong = []
                def say(where, problem):
                    if where not in INTERNAL:
                        wrong.append(f"{where}: {problem}")
                trees = {f.removesuffix(".pyi").removeprefix("inferlet/"): ast.parse(text) for f, text in input.items()}
                for name, tree in trees.items():
                    if name == "_types":
                        continue
                    module = importlib.import_module("inferlet" if name == "__init__" else "inferlet." + name)
                    stub = {}
                    for node in tree.body:
                        if isinstance(node, ast.ClassDef) and public(node.name) and not protocol(node):
                            stub[node.name] = stub_class(node, trees)
                        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                            stub[node.name] = parameters(node)
                    for member, of in stub.items():
                        where = f"{name}.{member}"
                        real = getattr(module, member, None)
                        if real is None:
                            if where != "forward.Tokens":
                                say(where, "is only in the stub")
                        elif isinstance(of, dict):
                            have = real_class(real)
                            for m, given in of.items():
                                if public(m) and m not in have and not issubclass(real, BaseException) and where != "forward.Tokens":
                                    if not (where == "tools.Tool" and m in ("name", "description", "schema")):
                                        say(f"{where}.{m}", "is only in the stub")
                                known = real_parameters(have.get(m))
                                if given is not None and known is not None and known != given and where != "forward.Tokens":
                                    say(f"{where}.{m}", f"takes {known}, the stub says {given}")
                            for m in have:
                                if m not in of:
                                    say(f"{where}.{m}", "is not in the stub")
                        else:
                            known = real_parameters(real)
                            if known is not None and known != of:
                                say(where, f"takes {known}, the stub says {of}")
                    for member, real in vars(module).items():
                        own = isinstance(real, (types.FunctionType, type)) and (
                            real.__module__ == module.__name__ or real.__module__ in ("inferlet._values", "inferlet._later"))
                        helpers = member in ("later", "text_of", "options", "Scope", "call", "record_of", "Tokens")
                        if own and public(member) and not helpers and member not in stub:
                            imported = any(isinstance(n, ast.ImportFrom) and any(a.name == member for a in n.names) for n in tree.body)
                            if not imported:
                                say(f"{name}.{member}", "is not in the stub")
                exported = importlib.import_module("inferlet").__all__
                stub_all = next(ast.literal_eval(n.value) for n in trees["__init__"].body
                    if isinstance(n, ast.Assign) and n.targets[0].id == "__all__")
                if sorted(exported) != sorted(stub_all):
                    wrong.append(f"__all__: {sorted(set(exported) ^ set(stub_all))}")
                return {"wrong": wrong, "modules": len(trees)}
            """;

    /** Name everything that the module exports: classes with their members, namespaces with theirs. */
    private static final String JS = """
            import * as p from 'inferlet';
            const model = p.Model.load(p.runtime.models()[0]);
            const ctx = new p.Context(model);
            const forward = ctx.forward();
            const made = [model, ctx, ctx.generate(p.Sampler.argmax()), new p.PieError('x'), forward.sample('last', p.Sampler.argmax()),
              forward.probe('last', new p.Entropy())];
            const isClass = (v) => typeof v === 'function' && Object.getOwnPropertyDescriptor(v, 'prototype')?.writable === false;
            export function main() {
              const all = [];
              const visit = (name, value, depth) => {
                if (value === undefined) return;
                all.push(name);
                const error = typeof value === 'function' && (value === p.PieError || value.prototype instanceof p.PieError);
                if (isClass(value)) {
                  const statics = Object.getOwnPropertyNames(value).filter((n) => !['length', 'name', 'prototype'].includes(n));
                  const own = Object.getOwnPropertyNames(value.prototype).filter((n) => n !== 'constructor');
                  const instance = made.filter((o) => o.constructor === value).flatMap((o) => Object.keys(o));
                  if (error) all.push(...instance.map((n) => `${name}.${n}`));
                  else all.push(...[...statics, ...own, ...instance].map((n) => `${name}.${n}`));
                } else if (typeof value === 'object' && depth < 3) {
                  for (const [k, v] of Object.entries(value)) visit(`${name}.${k}`, v, depth + 1);
                }
              };
              for (const [name, value] of Object.entries(p)) visit(name, value, 1);
              return all.sort();
            }
            """;

    private static final Pattern HEAD = Pattern.compile("(export )?(class|namespace|function|const) (\\w+).*");
    private static final Pattern MEMBER = Pattern.compile("(?:static |readonly )*(\\w+)\\??[(<:].*");

    private TestRuntime t;

    @BeforeAll
    void start() {
        t = new TestRuntime("dummy", TestRuntime.config(Language.PYTHON, Language.JAVASCRIPT));
    }

    @AfterAll
    void stop() {
        t.close();
    }

    private String value(Language language, String code, Object input) throws Exception {
        Outcome outcome = t.launch(language, code, JsonMapper.shared().writeValueAsString(input))
                .outcome()
                .get(300, TimeUnit.SECONDS);
        assertThat(outcome).as(outcome.toString()).isInstanceOf(Outcome.Completed.class);
        return ((Outcome.Completed) outcome).value();
    }

    @Test
    void thoseOfPythonAreTheModules() throws Exception {
        var found = JsonMapper.shared().readTree(value(Language.PYTHON, PYTHON, Stubs.of(Language.PYTHON)));
        assertThat(found.get("modules").asInt()).isGreaterThan(20);
        assertThat(found.get("wrong").valueStream().map(w -> w.asString())).isEmpty();
    }

    @Test
    void thoseOfJavaScriptAreTheModule() throws Exception {
        List<?> real = JsonMapper.shared().readValue(value(Language.JAVASCRIPT, JS, "{}"), List.class);
        assertThat(names(Stubs.of(Language.JAVASCRIPT).get("inferlet.d.ts")))
                .isEqualTo(new TreeSet<>(real.stream().map(String::valueOf).toList()));
    }

    /** Return the names of the values that a declaration file declares, members of classes and namespaces after a dot. */
    static TreeSet<String> names(String declarations) {
        var names = new TreeSet<String>();
        String[] path = new String[4];
        int skipped = -1;
        boolean inside = false;
        for (String line : declarations.lines().toList()) {
            if (line.startsWith("declare module")) {
                inside = line.contains("'inferlet'");
            }
            int indent = line.length() - line.stripLeading().length();
            int level = indent / 2 - 1;
            String text = line.strip();
            if (!inside || indent == 0 || text.isEmpty() || text.startsWith("/") || text.startsWith("[")) {
                continue;
            }
            if (skipped >= 0) {
                skipped = indent <= skipped && text.startsWith("}") ? -1 : skipped;
                continue;
            }
            Matcher head = HEAD.matcher(text);
            Matcher member = MEMBER.matcher(text);
            if (head.matches()) {
                path[level] = head.group(3);
                names.add(joined(path, level));
                boolean opens = text.endsWith("{") && !head.group(2).equals("function");
                path[level + 1] = opens ? "" : path[level + 1];
                skipped = text.endsWith("{") && head.group(2).equals("function") ? indent : -1;
                if (text.startsWith("const Event: { ")) {
                    for (Matcher m = Pattern.compile("(\\w+)\\(").matcher(text); m.find(); ) {
                        names.add(joined(path, level) + "." + m.group(1));
                    }
                }
            } else if (text.matches("(export )?(interface|type) .*")) {
                skipped = text.endsWith("{") ? indent : -1;
            } else if (member.matches()
                    && level > 0
                    && !text.startsWith("|")
                    && !member.group(1).equals("constructor")) {
                path[level] = member.group(1);
                names.add(joined(path, level));
            }
        }
        return names;
    }

    private static String joined(String[] path, int level) {
        return String.join(".", java.util.Arrays.asList(path).subList(0, level + 1));
    }
}
