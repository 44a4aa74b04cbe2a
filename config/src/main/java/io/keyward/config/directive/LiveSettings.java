package io.keyward.config.directive;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The directives' present values.
 *
 * <p>Any thread may read at any time: a read is one volatile load and one array access and
 * allocates nothing. Writes copy the array and publish it whole, so readers see all assignments of
 * a CONFIG SET or none.
 */
public final class LiveSettings {
  private static final Directive[] DIRECTIVES = Directive.values();

  private volatile Value[] values;
  private volatile OutputBufferLimits outputBufferLimits;
  private final Value[] initial;
  private final List<Registration> registrations = new CopyOnWriteArrayList<>();
  private final ReentrantLock changes = new ReentrantLock();

  private record Registration(Set<Directive> watched, DirectiveListener listener) {}

  /**
   * Defaults, with some values replaced.
   *
   * @param given values to start with; the directives not named have their defaults
   * @throws RefusedException if one of them is refused; the message names the directive
   */
  public LiveSettings(Map<Directive, String> given) throws RefusedException {
    Value[] start = new Value[DIRECTIVES.length];
    for (Directive directive : DIRECTIVES) {
      String text = given.get(directive);
      Value byDefault = directive.defaultValue();
      try {
        start[directive.ordinal()] =
            text == null ? byDefault : directive.parse(text, byDefault.text());
      } catch (RefusedException refused) {
        throw new RefusedException(directive.directiveName() + ": " + refused.reason());
      }
    }
    this.initial = start;
    this.values = start;
    this.outputBufferLimits = outputBufferLimits(start);
  }

  /** All directives at their defaults. */
  public static LiveSettings defaults() {
    try {
      return new LiveSettings(Map.of());
    } catch (RefusedException impossible) {
      throw new AssertionError("defaults are valid", impossible);
    }
  }

  /**
   * The directive as a number: an integer, bytes, 1 or 0 for yes and no, the position in an
   * enumeration, or the bits of {@link KeyspaceEvents}.
   */
  public long number(Directive directive) {
    return values[directive.ordinal()].number();
  }

  /** True if the directive is {@code yes}. */
  public boolean flag(Directive directive) {
    return values[directive.ordinal()].number() != 0;
  }

  /** The directive as it was given, in its canonical form. */
  public String text(Directive directive) {
    return values[directive.ordinal()].text();
  }

  /** The words of a directive that is a list; empty for all others. */
  public List<String> words(Directive directive) {
    return values[directive.ordinal()].words();
  }

  /** {@code client-output-buffer-limit} as numbers. */
  public OutputBufferLimits outputBufferLimits() {
    return outputBufferLimits;
  }

  /** The value the server started with, as CONFIG GET would have shown it. */
  String initialText(Directive directive) {
    return initial[directive.ordinal()].text();
  }

  /**
   * Has a listener called when one of these directives changes.
   *
   * @param watched the directives; one CONFIG SET that changes several calls the listener once
   */
  public void onChange(Set<Directive> watched, DirectiveListener listener) {
    registrations.add(new Registration(EnumSet.copyOf(watched), listener));
  }

  /**
   * Answers CONFIG GET: directives that match one of the patterns, with their values.
   *
   * @param patterns names, or globs with {@code *}, {@code ?} and {@code [...]}, which match no
   *     hidden ones; an alias that matches is listed under its own name, and a name that is no glob
   *     as it is given
   * @param between is called after each pattern; all values are of the time before the first
   */
  public Map<String, String> matching(List<String> patterns, Runnable between) {
    Value[] now = values;
    Map<String, String> found = new LinkedHashMap<>();
    for (String pattern : patterns) {
      String wanted = pattern.toLowerCase(Locale.ROOT);
      if (Glob.isPattern(wanted)) {
        for (Directive directive : DIRECTIVES) {
          addIfMatching(wanted, directive.directiveName(), directive, now, found);
          for (String alias : directive.aliases()) {
            addIfMatching(wanted, alias, directive, now, found);
          }
        }
      } else {
        Directive.named(wanted).ifPresent(directive -> addAsGiven(pattern, directive, now, found));
      }
      between.run();
    }
    return found;
  }

  private static void addAsGiven(
      String name, Directive directive, Value[] now, Map<String, String> found) {
    if (found.keySet().stream().noneMatch(name::equalsIgnoreCase)) {
      found.put(name, shown(directive, now));
    }
  }

  private static void addIfMatching(
      String pattern, String name, Directive directive, Value[] now, Map<String, String> found) {
    if (!directive.hidden() && Glob.matches(pattern, name)) {
      found.put(name, shown(directive, now));
    }
  }

  private static String shown(Directive directive, Value[] now) {
    return directive.shown(now[directive.ordinal()].text());
  }

  /**
   * Answers CONFIG SET: checks every assignment, then applies all of them or none.
   *
   * @param assignments in the order in which the client gave them
   * @param protectedAllowed true if this client may set protected directives
   * @throws RefusedException with the text of Redis's error, without its {@code ERR}
   */
  public void set(List<Assignment> assignments, boolean protectedAllowed) throws RefusedException {
    changes.lock();
    try {
      change(assignments, protectedAllowed);
    } finally {
      changes.unlock();
    }
  }

  /**
   * As {@link #set(List, boolean)}, but only if nobody else is changing anything, so that it may be
   * called where nothing may wait for those who wait for a disk or a socket.
   *
   * @return whether it has been done
   */
  public boolean setAtOnce(List<Assignment> assignments, boolean protectedAllowed)
      throws RefusedException {
    if (!changes.tryLock()) {
      return false;
    }
    try {
      change(assignments, protectedAllowed);
      return true;
    } finally {
      changes.unlock();
    }
  }

  private void change(List<Assignment> assignments, boolean protectedAllowed)
      throws RefusedException {
    Map<Directive, Assignment> wanted = lookUp(assignments, protectedAllowed);
    Value[] before = values;
    Value[] after = before.clone();
    Set<Directive> changed = EnumSet.noneOf(Directive.class);
    for (Map.Entry<Directive, Assignment> entry : wanted.entrySet()) {
      Directive directive = entry.getKey();
      Value old = before[directive.ordinal()];
      try {
        Value value = directive.parse(entry.getValue().text(), old.text());
        after[directive.ordinal()] = value;
        if (directive.rereads() || !value.text().equals(old.text())) {
          changed.add(directive);
        }
      } catch (RefusedException refused) {
        throw failed(entry.getValue().name().toLowerCase(Locale.ROOT), refused.reason());
      }
    }
    publish(after);
    putIntoEffect(changed, wanted.keySet(), before);
  }

  /** Sets one directive as CONFIG SET does, protected or not. */
  public void set(Directive directive, String text) throws RefusedException {
    set(List.of(new Assignment(directive.directiveName(), text)), true);
  }

  private static Map<Directive, Assignment> lookUp(
      List<Assignment> assignments, boolean protectedAllowed) throws RefusedException {
    Map<Directive, Assignment> wanted = new LinkedHashMap<>();
    for (Assignment assignment : assignments) {
      Directive directive =
          Directive.named(assignment.name()).orElseThrow(() -> unknown(assignment.name()));
      if (directive.fixedAtStart()) {
        throw failed(assignment.name(), "can't set immutable config");
      }
      if (directive.isProtected() && !protectedAllowed) {
        throw failed(assignment.name(), "can't set protected config");
      }
      if (wanted.put(directive, assignment) != null) {
        throw failed(assignment.name(), "duplicate parameter");
      }
    }
    return wanted;
  }

  private void putIntoEffect(Set<Directive> changed, Set<Directive> order, Value[] before)
      throws RefusedException {
    List<DirectiveListener> applied = new ArrayList<>();
    for (Registration registration : registrations) {
      Optional<Directive> cause =
          order.stream()
              .filter(changed::contains)
              .filter(registration.watched()::contains)
              .findFirst();
      if (cause.isEmpty()) {
        continue;
      }
      try {
        registration.listener().apply();
        applied.add(registration.listener());
      } catch (RefusedException refused) {
        publish(before);
        for (DirectiveListener listener : applied) {
          listener.apply();
        }
        throw failed(cause.get().directiveName(), refused.reason());
      }
    }
  }

  private void publish(Value[] next) throws RefusedException {
    outputBufferLimits = outputBufferLimits(next);
    values = next;
  }

  private static OutputBufferLimits outputBufferLimits(Value[] values) throws RefusedException {
    Value value = values[Directive.CLIENT_OUTPUT_BUFFER_LIMIT.ordinal()];
    return OutputBufferLimits.UNLIMITED.with(value.words());
  }

  private static RefusedException unknown(String name) {
    return AbsentDirective.named(name)
        .map(absent -> failed(name, absent.reason() + ": " + absent.remedy()))
        .orElseGet(
            () ->
                new RefusedException(
                    "Unknown option or number of arguments for CONFIG SET - '" + name + "'"));
  }

  private static RefusedException failed(String name, String reason) {
    return new RefusedException(
        "CONFIG SET failed (possibly related to argument '" + name + "') - " + reason);
  }
}
