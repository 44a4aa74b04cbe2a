package io.keyward.engine.command;

import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.command.KeySpec.KeyFlag;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the declaration of a command: the words in which it is written beside the handler, from
 * {@link Command#named} to {@link #build}.
 */
public final class CommandBuilder {
  final String name;
  final CommandGroup group;
  String parent = "";
  String since = "1.0.0";
  String summary = "";
  String complexity = "";
  String syntax = "";
  String difference = "";
  int arity;
  final EnumSet<CommandFlag> flags = EnumSet.noneOf(CommandFlag.class);
  final EnumSet<Category> categories = EnumSet.noneOf(Category.class);
  boolean inCategoryOfGroup = true;
  boolean inSlices;
  int firstInPieces;
  int stepInPieces;
  Reach reach = Reach.OF_ITS_KEYS;
  final List<KeySpec> keySpecs = new ArrayList<>();
  final List<String> tips = new ArrayList<>();
  final Map<String, Command> subcommands = new LinkedHashMap<>();
  @Nullable KeyFinder finder;
  @Nullable VariableFlags variableFlags;
  @Nullable ChannelSpec channels;
  @Nullable SecretFinder secrets;
  @Nullable Predicate<Request> writes;
  Handler handler = CommandBuilder::needsSubcommand;

  CommandBuilder(String name, CommandGroup group) {
    if (!name.equals(name.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException("not in lower case: " + name);
    }
    this.name = name;
    this.group = group;
  }

  public CommandBuilder since(String version) {
    since = version;
    return this;
  }

  /** What the command does, in one sentence. */
  public CommandBuilder summary(String sentence) {
    summary = sentence;
    return this;
  }

  public CommandBuilder complexity(String order) {
    complexity = order;
    return this;
  }

  /**
   * The arguments in the notation of Redis's documentation; {@code name:type} where the type does
   * not follow from the name.
   */
  public CommandBuilder syntax(String arguments) {
    syntax = arguments;
    return this;
  }

  /** Says how the command differs from Redis 7.2, in sentences for users. */
  public CommandBuilder differs(String sentences) {
    difference = sentences;
    return this;
  }

  public CommandBuilder arity(int count) {
    arity = count;
    return this;
  }

  public CommandBuilder flags(CommandFlag... given) {
    Collections.addAll(flags, given);
    return this;
  }

  /** Categories beyond those that follow from the group and the flags. */
  public CommandBuilder categories(Category... further) {
    Collections.addAll(categories, further);
    return this;
  }

  /** Categories in place of the group's; those that follow from the flags stay. */
  public CommandBuilder categoriesOnly(Category... all) {
    inCategoryOfGroup = false;
    return categories(all);
  }

  /** Keys from {@code first} to {@code last}, every {@code step}. */
  public CommandBuilder keys(int first, int last, int step, KeyFlag... given) {
    keySpecs.add(KeySpec.range(first, last, step, given));
    return this;
  }

  /** One key at a fixed argument. */
  public CommandBuilder key(int position, KeyFlag... given) {
    return keys(position, position, 1, given);
  }

  public CommandBuilder keys(KeySpec spec) {
    keySpecs.add(spec);
    return this;
  }

  /** Finds the keys where the specifications alone do not tell them. */
  public CommandBuilder keysBy(KeyFinder own) {
    finder = own;
    return this;
  }

  /** Tells what becomes of the key where the options decide it. */
  public CommandBuilder keyFlagsBy(VariableFlags own) {
    variableFlags = own;
    return this;
  }

  /** Channels from {@code first} to {@code last}, which is -1 for all that follow. */
  public CommandBuilder channels(int first, int last) {
    channels = new ChannelSpec(first, last, false);
    return this;
  }

  /** Patterns of channels, in the same way. */
  public CommandBuilder channelPatterns(int first, int last) {
    channels = new ChannelSpec(first, last, true);
    return this;
  }

  /** Names the arguments that logs must not show. */
  public CommandBuilder secretsBy(SecretFinder own) {
    secrets = own;
    return this;
  }

  /** Tells whether a call may change data where its arguments say so. */
  public CommandBuilder writesBy(Predicate<Request> own) {
    writes = own;
    return this;
  }

  public CommandBuilder tips(String... given) {
    Collections.addAll(tips, given);
    return this;
  }

  /** Runs the command in slices, since it cannot be known how long it takes. */
  public CommandBuilder runsInSlices() {
    inSlices = true;
    return this;
  }

  /** Takes one argument in pieces if it is very long: a value, and no key. */
  public CommandBuilder piecesAt(int position) {
    return piecesFrom(position, Integer.MAX_VALUE);
  }

  /** Takes an argument in pieces if it is very long, and so each further one at this distance. */
  public CommandBuilder piecesFrom(int first, int step) {
    firstInPieces = first;
    stepInPieces = step;
    return this;
  }

  /** Where the operator's command is executed; by default where its keys are. */
  public CommandBuilder reach(Reach where) {
    reach = where;
    return this;
  }

  public CommandBuilder handler(Handler does) {
    handler = does;
    return this;
  }

  public CommandBuilder subcommand(CommandBuilder child) {
    child.parent = name;
    Command declared = child.build();
    subcommands.put(declared.name(), declared);
    return this;
  }

  /** Adds HELP, which lists the subcommands from their declarations. */
  public CommandBuilder withHelp(String version) {
    return subcommand(
        Command.named("help", group)
            .since(version)
            .summary("Lists the subcommands.")
            .complexity("O(1)")
            .arity(2)
            .flags(CommandFlag.LOADING, CommandFlag.STALE)
            .categories(categories.toArray(Category[]::new))
            .handler(new SubcommandHelp(name, subcommands)));
  }

  public Command build() {
    if (arity == 0 || summary.isEmpty()) {
      throw new IllegalStateException(name + " lacks its arity or summary");
    }
    return new Command(this);
  }

  private static void needsSubcommand(Request request, Reply reply) {
    throw new IllegalStateException("a command with subcommands has no handler of its own");
  }
}
