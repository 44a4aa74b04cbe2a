package io.keyward.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.keyward.config.directive.Directive;
import io.keyward.config.tenant.Limit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * An error in each field of keyward.yaml: a wrong type, a wrong value, an unknown name beside it.
 *
 * <p>Which fields there are, the file's reader says itself, by the remedy for a name that it does
 * not know; so that a field without a case fails here.
 */
class FieldErrorsTest {
  /** Like no name that there is, so that the remedy names all. */
  private static final String LIKE_NONE = "qqqqqqqqqqqqqqqqqqqqqqqqqqqq";

  private static final String GROUP = "{some: group}";
  private static final String VALUE = "a-value";
  private static final Pattern NAMES = Pattern.compile("Remedy: use one of ([^\"]*?)\\.$");

  /** A place in the file where fields stand: the lines above them, with %s for the fields. */
  private record Place(String path, String file) {
    String with(String field) {
      return file.formatted(field);
    }

    /** The line on which the fields begin. */
    int line() {
      return (int) file.substring(0, file.indexOf("%s")).chars().filter(c -> c == '\n').count() + 1;
    }
  }

  private static final Place TOP = new Place("", "%s\n");
  private static final Place ADMIN = new Place("admin.", "admin:\n  %s\n");
  private static final Place METRICS = new Place("metrics.", "metrics:\n  %s\n");
  private static final Place DIRECTIVES = new Place("directives.", "\ndirectives:\n  %s\n");
  private static final Place OPERATOR =
      new Place("operator.", "\noperator:\n  %s\ntenants: {t: {secret: s}}\n");
  private static final Place TENANT = new Place("tenants.shop.", "tenants:\n  shop:\n    %s\n");
  private static final Place TENANT_LIMITS =
      new Place(
          "tenants.shop.limits.", "tenants:\n  shop:\n    secret: s\n    limits:\n      %s\n");
  private static final Place DEPLOYMENT =
      new Place(
          "tenants.shop.deployments.blue.",
          "tenants:\n  shop:\n    secret: s\n    deployments:\n      blue:\n        %s\n");
  private static final Place DEPLOYMENT_LIMITS =
      new Place(
          "tenants.shop.deployments.blue.limits.",
          """
          tenants:
            shop:
              secret: s
              deployments:
                blue:
                  limits:
                    %s
          """);

  /** Values that are wrong, field by field; of groups it is their own fields that are wrong. */
  private static final Map<String, String> WRONG =
      Map.ofEntries(
          Map.entry("prefix", "a::b"),
          Map.entry("username", "without-a-password"),
          Map.entry("namespaces", "[stream, 'ends-with:']"),
          Map.entry("pinned", "[NOPE]"),
          Map.entry("admin.port", "70000"),
          Map.entry("admin.bind", "0.0.0.0"),
          Map.entry("admin.token", "'two words'"),
          Map.entry("metrics.deployments", "0"),
          Map.entry("transport", "kqueue"),
          Map.entry("event-loops", "none"),
          Map.entry("log-format", "xml"),
          Map.entry("directives.appenddirname", "a/b"),
          Map.entry("directives.appendfilename", "a/b"),
          Map.entry("directives.dbfilename", "a/b"),
          Map.entry("directives.dir", "\"\\0\""),
          Map.entry("directives.bind", "'" + "127.0.0.1 ".repeat(17).strip() + "'"),
          Map.entry("operator.username", "default"),
          Map.entry("operator.password", "\"${NOT_SET_ANYWHERE}\""),
          Map.entry("operator.password-file", "/nowhere/at/all"),
          Map.entry("tenants.shop.secret", "sha256:12"),
          Map.entry("tenants.shop.secret-file", "\"a\\0b\""),
          Map.entry("tenants.shop.pinned", "[NOPE]"),
          Map.entry("tenants.shop.shared", "[NOPE]"),
          Map.entry("tenants.shop.retire-after", "24"),
          Map.entry("tenants.shop.prefix-template", "x"),
          Map.entry("tenants.shop.max-deployments", "many"),
          Map.entry("tenants.shop.durability", "disk"),
          Map.entry("tenants.shop.deployments.blue.prefix", "'{a}'"),
          Map.entry("tenants.shop.deployments.blue.password", "'pbkdf2-sha256:1'"),
          Map.entry("tenants.shop.deployments.blue.password-file", "/nowhere/at/all"),
          Map.entry("tenants.shop.deployments.blue.pinned", "[NOPE]"),
          Map.entry("tenants.shop.deployments.blue.shared", "[ROLES]"),
          Map.entry("tenants.shop.deployments.blue.certificates", "['']"),
          Map.entry("tenants.shop.deployments.blue.ports", "[0]"),
          Map.entry("tenants.shop.deployments.blue.durability", "disk"));

  /** Fields that hold fields of their own. */
  private static final Set<String> GROUPS =
      Set.of(
          "admin",
          "metrics",
          "directives",
          "operator",
          "tenants",
          "tenants.shop.limits",
          "tenants.shop.deployments",
          "tenants.shop.deployments.blue.limits");

  @TempDir Path folder;

  private List<String> problems(String text) {
    try {
      Path file = Files.writeString(folder.resolve("keyward.yaml"), text);
      ConfigurationException thrown =
          catchThrowableOfType(
              ConfigurationException.class,
              () -> Settings.load(List.of(file.toString()), Map.of()));
      return thrown == null ? List.of() : thrown.problems().stream().map(Problem::line).toList();
    } catch (IOException unwritten) {
      throw new AssertionError(unwritten);
    }
  }

  /** The names that the reader knows at a place, as its own remedy tells. */
  private List<String> known(Place place) {
    String remedy =
        problems(place.with(LIKE_NONE + ": 1")).stream()
            .filter(problem -> problem.startsWith(place.path() + LIKE_NONE + " = "))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no complaint at " + place));
    Matcher names = NAMES.matcher(remedy);
    assertThat(names.find()).as(remedy).isTrue();
    return Arrays.asList(names.group(1).split(", "));
  }

  private void assertNamed(Place place, String field, String text) {
    assertThat(problems(text))
        .as(text)
        .anySatisfy(
            problem -> {
              assertThat(problem).startsWith(field + " = ");
              assertThat(problem).contains(" (keyward.yaml, line " + place.line() + "): ");
              assertThat(problem).containsPattern("\\): [^ ].{4,}\\. Remedy: .{5,}[.?]$");
            });
  }

  private static List<Place> places() {
    return List.of(
        TOP,
        ADMIN,
        METRICS,
        DIRECTIVES,
        OPERATOR,
        TENANT,
        TENANT_LIMITS,
        DEPLOYMENT,
        DEPLOYMENT_LIMITS);
  }

  /** The fields of a place, by the names that stand in the file there. */
  private Map<String, String> fields(Place place) {
    Map<String, String> fields = new TreeMap<>();
    for (String name : known(place)) {
      // The top names fields of groups by their whole path.
      int dot = place.equals(TOP) ? name.indexOf('.') : -1;
      String field = dot < 0 ? name : name.substring(0, dot);
      fields.put(field, place.path() + field);
    }
    return fields;
  }

  private Map<String, String> fieldsOf(Place place) {
    if (!place.equals(ADMIN) && !place.equals(METRICS)) {
      return fields(place);
    }
    Map<String, String> fields = new TreeMap<>();
    for (Setting setting : Setting.values()) {
      if (setting.path().startsWith(place.path())) {
        fields.put(setting.path().substring(place.path().length()), setting.path());
      }
    }
    return fields;
  }

  @TestFactory
  Stream<DynamicTest> aWrongTypeIsNamed() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Place place : places()) {
      fieldsOf(place)
          .forEach(
              (name, path) ->
                  tests.add(
                      DynamicTest.dynamicTest(
                          path,
                          () ->
                              assertNamed(
                                  place,
                                  path,
                                  place.with(
                                      name + ": " + (GROUPS.contains(path) ? VALUE : GROUP))))));
    }
    return tests.stream();
  }

  @TestFactory
  Stream<DynamicTest> aWrongValueIsNamed() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Place place : places()) {
      fieldsOf(place)
          .forEach(
              (name, path) -> {
                String wrong = wrong(place, name, path);
                if (wrong != null) {
                  String shown = place.equals(DIRECTIVES) ? name : path;
                  tests.add(
                      DynamicTest.dynamicTest(
                          path, () -> assertNamed(place, shown, place.with(name + ": " + wrong))));
                }
              });
    }
    return tests.stream();
  }

  /** A wrong value; null where every value is right, or where there are fields instead. */
  private static @org.jspecify.annotations.Nullable String wrong(
      Place place, String name, String path) {
    if (GROUPS.contains(path)) {
      return null;
    }
    if (place.equals(DIRECTIVES)) {
      boolean free = Directive.named(name).orElseThrow().expects().startsWith("text");
      return free ? null : WRONG.getOrDefault(path, "\"\\u0001 no such value\"");
    }
    if (place.equals(TENANT_LIMITS) || place.equals(DEPLOYMENT_LIMITS)) {
      assertThat(Limit.named(name)).isPresent();
      return "no-amount";
    }
    assertThat(WRONG).as("a field without a case of a wrong value: " + path).containsKey(path);
    return WRONG.get(path);
  }

  @TestFactory
  Stream<DynamicTest> anUnknownNameBesideItIsNamedAndTheRightOneProposed() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Place place : places()) {
      fieldsOf(place)
          .forEach(
              (name, path) ->
                  tests.add(
                      DynamicTest.dynamicTest(path, () -> assertProposed(place, name, path))));
    }
    return tests.stream();
  }

  private void assertProposed(Place place, String name, String path) {
    String mistyped = name + "q";
    assertNamed(place, place.path() + mistyped, place.with(mistyped + ": 1"));
    if (!place.equals(TOP) || !GROUPS.contains(path)) {
      String right = place.equals(ADMIN) || place.equals(METRICS) ? path : name;
      assertThat(problems(place.with(mistyped + ": 1")))
          .anySatisfy(problem -> assertThat(problem).endsWith("did you mean " + right + "?"));
    }
  }

  @Test
  void namesOfTheUsersOwnAreNamedToo() {
    Place tenants = new Place("tenants.", "tenants:\n  %s\n");
    assertNamed(tenants, "tenants.a.b", tenants.with("a.b: {secret: s}"));
    assertNamed(tenants, "tenants.a", tenants.with("a: word"));
    Place deployments =
        new Place("tenants.shop.deployments.", "tenants:\n  shop:\n    deployments:\n      %s\n");
    assertNamed(
        deployments, "tenants.shop.deployments.b c", deployments.with("b c: {password: p}"));
    assertNamed(deployments, "tenants.shop.deployments.blue", deployments.with("blue: word"));
  }

  @Test
  void everyCaseIsOfAFieldThatThereIs() {
    List<String> all = new ArrayList<>();
    places().forEach(place -> all.addAll(fieldsOf(place).values()));
    assertThat(all).containsAll(WRONG.keySet()).containsAll(GROUPS);
  }
}
