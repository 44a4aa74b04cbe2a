package io.keyward.engine.command;

import io.keyward.engine.Request;
import io.keyward.engine.command.KeySpec.KeyFlag;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The declaration of one command: the only place that says its name, arity, flags, key positions,
 * categories and handler.
 *
 * <p>A command with subcommands ({@code CLIENT}) holds theirs, each a declaration of its own whose
 * full name is {@code client|list}.
 */
public final class Command {
  private final String name;
  private final String fullName;
  private final CommandGroup group;
  private final String since;
  private final String summary;
  private final String complexity;
  private final String syntax;
  private final String difference;
  private final int arity;
  private final Set<CommandFlag> flags;
  private final Set<Category> categories;
  private final List<KeySpec> keySpecs;
  private final List<String> tips;
  private final @Nullable KeyFinder finder;
  private final KeyAccesses accesses;
  private final @Nullable ChannelSpec channels;
  private final @Nullable SecretFinder secrets;
  private final Handler handler;
  private final Map<String, Command> subcommands;
  private final @Nullable Predicate<Request> writes;
  private final boolean write;
  private final boolean readOnly;
  private final boolean withoutEffects;
  private final boolean denyOutOfMemory;
  private final boolean serverWide;
  private final boolean inSlices;
  private final int firstInPieces;
  private final int stepInPieces;
  private final Reach reach;
  private int index = -1;

  Command(CommandBuilder from) {
    name = from.name;
    fullName = from.parent.isEmpty() ? from.name : from.parent + "|" + from.name;
    group = from.group;
    since = from.since;
    summary = from.summary;
    complexity = from.complexity;
    syntax = from.syntax;
    difference = from.difference;
    arity = from.arity;
    keySpecs = List.copyOf(from.keySpecs);
    tips = List.copyOf(from.tips);
    finder = from.finder;
    accesses = new KeyAccesses(keySpecs, from.finder, from.variableFlags);
    channels = from.channels;
    secrets = from.secrets;
    handler = from.handler;
    subcommands = Collections.unmodifiableMap(new LinkedHashMap<>(from.subcommands));
    EnumSet<CommandFlag> allFlags = EnumSet.noneOf(CommandFlag.class);
    allFlags.addAll(from.flags);
    if (KeyPositions.movable(keySpecs)) {
      allFlags.add(CommandFlag.MOVABLEKEYS);
    }
    flags = Collections.unmodifiableSet(allFlags);
    categories = Collections.unmodifiableSet(derivedCategories(from));
    writes = from.writes;
    write = flags.contains(CommandFlag.WRITE);
    readOnly = flags.contains(CommandFlag.READONLY);
    withoutEffects = readOnly && !flags.contains(CommandFlag.MAY_REPLICATE);
    denyOutOfMemory = flags.contains(CommandFlag.DENYOOM);
    serverWide = flags.contains(CommandFlag.SERVER_WIDE);
    inSlices = from.inSlices;
    firstInPieces = from.firstInPieces;
    stepInPieces = from.stepInPieces;
    reach = from.reach;
  }

  private EnumSet<Category> derivedCategories(CommandBuilder from) {
    EnumSet<Category> derived = EnumSet.noneOf(Category.class);
    derived.addAll(from.categories);
    Category ofGroup = group.category();
    if (ofGroup != null && from.inCategoryOfGroup && subcommands.isEmpty()) {
      derived.add(ofGroup);
    }
    if (flags.contains(CommandFlag.WRITE)) {
      derived.add(Category.WRITE);
    }
    if (flags.contains(CommandFlag.READONLY) && group != CommandGroup.SCRIPTING) {
      derived.add(Category.READ);
    }
    if (flags.contains(CommandFlag.ADMIN)) {
      derived.add(Category.ADMIN);
      derived.add(Category.DANGEROUS);
    }
    if (flags.contains(CommandFlag.PUBSUB)) {
      derived.add(Category.PUBSUB);
    }
    if (flags.contains(CommandFlag.BLOCKING)) {
      derived.add(Category.BLOCKING);
    }
    derived.add(flags.contains(CommandFlag.FAST) ? Category.FAST : Category.SLOW);
    return derived;
  }

  /** Begins the declaration of a command, named in lower case. */
  public static CommandBuilder named(String name, CommandGroup group) {
    return new CommandBuilder(name, group);
  }

  /** The name in lower case, of a subcommand without its parent's. */
  public String name() {
    return name;
  }

  /** {@code get}, {@code client|list}. */
  public String fullName() {
    return fullName;
  }

  public CommandGroup group() {
    return group;
  }

  /** The version of Redis that introduced the command, or the gateway's own mark. */
  public String since() {
    return since;
  }

  public String summary() {
    return summary;
  }

  public String complexity() {
    return complexity;
  }

  /** The arguments in the notation of Redis's documentation, without the name. */
  public String syntax() {
    return SyntaxReader.untyped(syntax);
  }

  /** What the syntax says, in the terms of COMMAND DOCS; read anew at each call. */
  public List<Argument> arguments() {
    return SyntaxReader.read(syntax);
  }

  /** How the command differs from Redis 7.2, in sentences for users; empty for not at all. */
  public String difference() {
    return difference;
  }

  /** The exact number of arguments, name included, or minus the least number. */
  public int arity() {
    return arity;
  }

  public boolean accepts(int argumentCount) {
    return arity >= 0 ? argumentCount == arity : argumentCount >= -arity;
  }

  public Set<CommandFlag> flags() {
    return flags;
  }

  public boolean has(CommandFlag flag) {
    return flags.contains(flag);
  }

  /** Whether the command may change data. */
  public boolean write() {
    return write;
  }

  /** Whether the command reads data and changes none that a client sees. */
  public boolean readOnly() {
    return readOnly;
  }

  /** Whether the command leaves nothing to write to files and replicas. */
  public boolean withoutEffects() {
    return withoutEffects;
  }

  /** Whether the command reads data, changes it or sends messages. */
  public boolean touchesData() {
    return write || readOnly || has(CommandFlag.MAY_REPLICATE);
  }

  /** Whether a call may change data, by itself or by a script that it runs. */
  public boolean mayWrite(Request request) {
    Predicate<Request> own = writes;
    return write || (own == null ? has(CommandFlag.MAY_REPLICATE) : own.test(request));
  }

  /** Whether the command is refused when memory is short. */
  public boolean denyOutOfMemory() {
    return denyOutOfMemory;
  }

  /** Whether the command may make keys anew. */
  public boolean mayMakeKeys() {
    return denyOutOfMemory || has(CommandFlag.MAY_MAKE_KEY);
  }

  /** Whether only whoever administers the gateway may call it. */
  public boolean serverWide() {
    return serverWide;
  }

  /** Whether it cannot be known how long the command takes, so that it runs in slices. */
  public boolean inSlices() {
    return inSlices;
  }

  /** Whether the command takes every argument that is in pieces as it is. */
  public boolean takesPieces(Request request) {
    for (int i = 0; i < request.count(); i++) {
      if (request.pieces(i) != null
          && (firstInPieces == 0 || i < firstInPieces || (i - firstInPieces) % stepInPieces != 0)) {
        return false;
      }
    }
    return true;
  }

  /** Where the operator's command is executed if there are several event loops. */
  public Reach reach() {
    return reach;
  }

  public Set<Category> categories() {
    return categories;
  }

  public List<KeySpec> keySpecs() {
    return keySpecs;
  }

  public List<String> tips() {
    return tips;
  }

  public Handler handler() {
    return handler;
  }

  public Map<String, Command> subcommands() {
    return subcommands;
  }

  /** A small number, unique among the commands of a table; subcommands have theirs. */
  public int index() {
    return index;
  }

  void index(int assigned) {
    index = assigned;
  }

  /** Gives the position of every key of the request, in the order of the arguments. */
  public void keys(Request request, IntConsumer positions) {
    KeyFinder own = finder;
    if (own != null) {
      own.find(request, positions);
    } else {
      KeyPositions.find(keySpecs, request, positions);
    }
  }

  /**
   * Gives every key of the request with what the command does to it.
   *
   * @throws io.keyward.engine.CommandException if the arguments are not those of the command; keys
   *     may have been given before
   */
  public void accesses(Request request, KeyVisitor visitor) {
    accesses.find(request, visitor);
  }

  /** What the command does to each of the keys of the request, which are told by position. */
  public IntFunction<Set<KeyFlag>> keyFlags(Request request) {
    return accesses.flags(request);
  }

  /** Which arguments are channels that the command sends to or listens to, or null. */
  public @Nullable ChannelSpec channels() {
    return channels;
  }

  /** Gives the position of every argument that logs must not show. */
  public void secrets(Request request, IntConsumer positions) {
    SecretFinder own = secrets;
    if (own != null) {
      own.find(request, positions);
    }
  }

  @Override
  public String toString() {
    return fullName;
  }
}
