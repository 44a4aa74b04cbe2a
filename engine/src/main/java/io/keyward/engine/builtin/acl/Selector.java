package io.keyward.engine.builtin.acl;

import io.keyward.engine.CommandException;
import io.keyward.engine.Request;
import io.keyward.engine.command.ChannelSpec;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandFlag;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.command.KeyVisitor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One set of rules of a user: commands together with the keys and channels that they may touch.
 *
 * <p>A user may do what one selector allows as a whole; selectors do not add up.
 */
public final class Selector {
  /** What stands in {@link #text} before a pattern: a blank and a sign. */
  private static final int SEPARATED = 2;

  private final CommandRights commands;
  private final List<Pattern> keys;

  /** Where the pattern of each text stands among those of the keys. */
  private final Map<String, Integer> keyPlaces;

  private final List<Pattern> channels;
  private final Set<String> channelTexts;
  private boolean allKeys;
  private boolean allChannels;

  Selector(CommandTable table, boolean allChannels) {
    commands = new CommandRights(table);
    keys = new ArrayList<>();
    keyPlaces = new HashMap<>();
    channels = new ArrayList<>();
    channelTexts = new HashSet<>();
    this.allChannels = allChannels;
  }

  private Selector(Selector source) {
    commands = source.commands.copy();
    keys = new ArrayList<>(source.keys);
    keyPlaces = new HashMap<>(source.keyPlaces);
    channels = new ArrayList<>(source.channels);
    channelTexts = new HashSet<>(source.channelTexts);
    allKeys = source.allKeys;
    allChannels = source.allChannels;
  }

  Selector copy() {
    return new Selector(this);
  }

  CommandRights commands() {
    return commands;
  }

  void allowAllKeys(boolean all) {
    allKeys = all;
    keys.clear();
    keyPlaces.clear();
  }

  boolean allKeys() {
    return allKeys;
  }

  /** Adds a pattern, or widens what the same pattern already grants. */
  void addKeys(Pattern pattern) {
    Integer place = keyPlaces.putIfAbsent(pattern.text(), keys.size());
    if (place == null) {
      keys.add(pattern);
    } else {
      keys.set(place, new Pattern(pattern.text(), keys.get(place).access() | pattern.access()));
    }
  }

  void allowAllChannels(boolean all) {
    allChannels = all;
    channels.clear();
    channelTexts.clear();
  }

  boolean allChannels() {
    return allChannels;
  }

  void addChannels(Pattern pattern) {
    if (channelTexts.add(pattern.text())) {
      channels.add(pattern);
    }
  }

  List<Pattern> channelPatterns() {
    return channels;
  }

  /** Whether nothing is out of reach. */
  boolean unrestricted() {
    return commands.all() && allKeys && allChannels;
  }

  /**
   * Whether the selector allows a request.
   *
   * @param trial what the keys are tried with, used again for each request
   * @return {@link Denial#NONE}, or what is denied as {@link Denial} packs it
   */
  long judge(Request request, Command command, KeyTrial trial) {
    if (!command.has(CommandFlag.NO_AUTH) && !commands.allows(command, request)) {
      return Denial.COMMAND;
    }
    if (!allKeys) {
      int position = trial.denied(this, request, command);
      if (position != KeyTrial.NOTHING) {
        return Denial.key(position);
      }
    }
    ChannelSpec named = command.channels();
    if (!allChannels && named != null) {
      for (int at = named.first(); at < named.end(request.count()); at++) {
        if (!admitsChannel(
            request.bytes(), request.offset(at), request.length(at), named.patterns())) {
          return Denial.channel(at);
        }
      }
    }
    return Denial.NONE;
  }

  boolean admitsKey(Request request, int position, int access) {
    for (int i = 0; i < keys.size(); i++) {
      Pattern pattern = keys.get(i);
      if (pattern.grants(access) && pattern.matches(request, position)) {
        return true;
      }
    }
    return false;
  }

  /** Whether every key may be treated so, because of {@code ~*} or the like. */
  boolean admitsEveryKey(int access) {
    return allKeys || keys.stream().anyMatch(key -> key.grants(access) && key.text().equals("*"));
  }

  /** Whether a channel, or a pattern of channels, may be listened to or sent to. */
  boolean admitsChannel(byte[] bytes, int offset, int length, boolean pattern) {
    if (allChannels) {
      return true;
    }
    for (int i = 0; i < channels.size(); i++) {
      Pattern admitted = channels.get(i);
      if (pattern ? admitted.is(bytes, offset, length) : admitted.matches(bytes, offset, length)) {
        return true;
      }
    }
    return false;
  }

  /** The rules for commands, such as {@code -@all +get}. */
  public String commandRules() {
    return commands.text();
  }

  /** The rules for keys, such as {@code ~cache:* %R~log:*}. */
  public String keyRules() {
    return allKeys ? "~*" : keys.stream().map(Pattern::keyRule).collect(Collectors.joining(" "));
  }

  /** The rules for channels, such as {@code &news:*}. */
  public String channelRules() {
    return allChannels
        ? "&*"
        : channels.stream().map(each -> "&" + each.text()).collect(Collectors.joining(" "));
  }

  /** About as many characters as {@link #text} has. */
  long textLength() {
    long length = commands.textLength();
    for (Pattern pattern : keys) {
      length += SEPARATED + pattern.text().length();
    }
    for (Pattern pattern : channels) {
      length += SEPARATED + pattern.text().length();
    }
    return length;
  }

  /** All rules, so that they lead here from a new selector whatever that may do by default. */
  String text() {
    StringBuilder text = new StringBuilder(keyRules());
    if (!text.isEmpty()) {
      text.append(' ');
    }
    if (!allChannels) {
      text.append("resetchannels ");
    }
    String listened = channelRules();
    if (!listened.isEmpty()) {
      text.append(listened).append(' ');
    }
    return text.append(commandRules()).toString();
  }

  /**
   * Finds the first key of a request that a selector does not admit; it is used again and again.
   */
  static final class KeyTrial implements KeyVisitor {
    static final int NOTHING = -1;

    private Selector selector;
    private Request request;
    private int denied = NOTHING;

    KeyTrial(Selector any) {
      selector = any;
      request = new Request();
    }

    int denied(Selector of, Request tried, Command command) {
      selector = of;
      request = tried;
      denied = NOTHING;
      try {
        command.accesses(tried, this);
      } catch (CommandException malformed) {
        // The command will refuse its arguments before it touches any key.
        return NOTHING;
      }
      return denied;
    }

    @Override
    public void visit(int position, int access) {
      if (denied == NOTHING && !selector.admitsKey(request, position, access)) {
        denied = position;
      }
    }
  }
}
