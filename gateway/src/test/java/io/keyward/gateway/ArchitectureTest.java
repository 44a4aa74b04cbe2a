package io.keyward.gateway;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;

/** The shape of the house, so that it stays as it was drawn. */
@AnalyzeClasses(packages = "io.keyward", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule CONFIG_IMPORTS_NO_OTHER_ROOM =
      noClasses()
          .that()
          .resideInAPackage("io.keyward.config..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.keyward.engine..", "io.keyward.tenancy..", "io.keyward.gateway..");

  @ArchTest
  static final ArchRule ENGINE_KNOWS_NO_TENANT_AND_NO_NETWORK =
      noClasses()
          .that()
          .resideInAPackage("io.keyward.engine..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.keyward.tenancy..", "io.keyward.gateway..", "io.netty..", "io.vertx..");

  @ArchTest
  static final ArchRule TENANCY_KNOWS_NO_GATEWAY =
      noClasses()
          .that()
          .resideInAPackage("io.keyward.tenancy..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.keyward.gateway..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices()
          .matching("io.keyward.(**)")
          .should()
          .beFreeOfCycles()
          // The list of all command families, which build on what stands beside it.
          .ignoreDependency(
              name("io.keyward.engine.builtin.BuiltinCommands"),
              resideInAPackage("io.keyward.engine.builtin.."))
          // A request carries the declaration that was looked up for it.
          .ignoreDependency(
              name("io.keyward.engine.Request"), name("io.keyward.engine.command.Command"));

  @ArchTest
  static final ArchRule ONLY_MAIN_WRITES_TO_THE_TERMINAL =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("io.keyward.gateway.Main")
          .should(ACCESS_STANDARD_STREAMS);

  @ArchTest static final ArchRule NO_JAVA_UTIL_LOGGING = NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

  @ArchTest
  static final ArchRule NAMES_SAY_WHAT_A_THING_IS =
      classes()
          .should()
          .haveNameNotMatching(".*(Util|Utils|Helper|Manager|Common)(\\$.*)?")
          .andShould()
          .resideOutsideOfPackages("..util..", "..common..", "..helper..", "..manager..");

  @ArchTest
  static final ArchRule EVERY_PACKAGE_IS_NULL_MARKED =
      classes()
          .should(
              new ArchCondition<JavaClass>("reside in a package that is NullMarked") {
                @Override
                public void check(JavaClass item, ConditionEvents events) {
                  if (!item.getPackage().isAnnotatedWith(NullMarked.class)) {
                    events.add(
                        SimpleConditionEvent.violated(
                            item, item.getPackageName() + " has no @NullMarked package-info"));
                  }
                }
              });
}
