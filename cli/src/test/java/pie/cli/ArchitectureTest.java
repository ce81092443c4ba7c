package pie.cli;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.model.Tokenizer;

/** State which module may know which, over the class files of all of them. */
class ArchitectureTest {
    private static JavaClasses pie;

    @BeforeAll
    static void read() {
        pie = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .withImportOption(location -> !location.contains("-tests.jar"))
                .importPackages("pie");
    }

    @Test
    void sees_every_module() {
        for (String part : new String[] {
            "pie.engine", "pie.cpu", "pie.cuda", "pie.runtime", "pie.inferlet", "pie.server", "pie.cli"
        }) {
            assertThat(pie.stream().anyMatch(c -> c.getPackageName().startsWith(part)))
                    .as(part)
                    .isTrue();
        }
    }

    @Test
    void engine_knows_no_guest_language_no_http_and_no_device() {
        noClasses()
                .that()
                .resideInAPackage("pie.engine..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.graalvm..",
                        "io.helidon..",
                        "jcuda..",
                        "org.bytedeco..",
                        "pie.cpu..",
                        "pie.cuda..",
                        "pie.runtime..",
                        "pie.inferlet..",
                        "pie.server..",
                        "pie.cli..")
                .check(pie);
    }

    @Test
    void drivers_see_only_the_engine() {
        noClasses()
                .that()
                .resideInAnyPackage("pie.cpu..", "pie.cuda..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("pie..")
                        .and(not(resideInAnyPackage("pie.engine..", "pie.cpu..", "pie.cuda.."))))
                .check(pie);
        noClasses()
                .that()
                .resideInAPackage("pie.cpu..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("pie.cuda..")
                .check(pie);
    }

    @Test
    void guests_know_no_http_and_the_server_no_guest_language() {
        noClasses()
                .that()
                .resideInAnyPackage("pie.runtime..", "pie.inferlet..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.helidon..", "pie.server..", "pie.cli..", "pie.cpu..", "pie.cuda..")
                .check(pie);
        noClasses()
                .that()
                .resideInAPackage("pie.server..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.graalvm..", "pie.cli..", "pie.cpu..", "pie.cuda..")
                .check(pie);
    }

    @Test
    void pages_and_schedule_hold_no_lock_no_thread_and_no_clock() {
        noClasses()
                .that()
                .resideInAnyPackage("pie.engine.kv..", "pie.engine.schedule..", "pie.engine.market..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.util.concurrent..")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Clock.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class)
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .check(pie);
    }

    @Test
    void grammars_know_the_tokenizer_and_nothing_else_of_the_engine() {
        noClasses()
                .that()
                .resideInAPackage("pie.engine.grammar..")
                .should()
                .dependOnClassesThat(resideInAPackage("pie..")
                        .and(not(resideInAPackage("pie.engine.grammar..")))
                        .and(not(assignableTo(Tokenizer.class)))
                        .and(not(assignableTo(PieException.class)))
                        .and(not(assignableTo(ErrorCode.class))))
                .check(pie);
    }

    @Test
    void matching_holds_no_lock_no_thread_and_no_clock() {
        noClasses()
                .that(
                        resideInAPackage("pie.engine.grammar")
                                .and(
                                        nameMatching(
                                                ".*\\.(Matcher|MatchState|MaskBuilder|MaskKey|StateMask|Stepper|Stacks|StackNode|Automaton|TokenTrie)")))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.util.concurrent..")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class)
                .orShould()
                .callMethod(System.class, "nanoTime")
                .check(pie);
        noClasses()
                .that()
                .resideInAPackage("pie.engine.grammar..")
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Clock.class)
                .check(pie);
    }

    @Test
    void packages_have_no_cycles() {
        for (String root : new String[] {"pie.engine", "pie.cpu", "pie.cuda", "pie.server", "pie.cli"}) {
            slices().matching(root + ".(*)..").should().beFreeOfCycles().check(pie);
        }
        slices().matching("pie.(*)..").should().beFreeOfCycles().check(pie);
    }

    @Test
    void only_pie_exceptions_are_thrown_on_purpose() {
        // a typed exception of a module's own calls the constructor of its parent
        noClasses()
                .that()
                .areNotAssignableTo(RuntimeException.class)
                .should()
                .callConstructor(RuntimeException.class)
                .orShould()
                .callConstructor(RuntimeException.class, String.class)
                .orShould()
                .callConstructor(Exception.class, String.class)
                .check(pie);
        classes()
                .that()
                .resideInAPackage("pie..")
                .should()
                .onlyDependOnClassesThat(not(resideInAnyPackage("java.util.logging..")))
                .check(pie);
    }
}
