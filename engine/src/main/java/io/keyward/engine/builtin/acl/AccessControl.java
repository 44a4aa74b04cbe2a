package io.keyward.engine.builtin.acl;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.acl.AccessLog.Context;
import io.keyward.engine.builtin.acl.Denial.Reason;
import io.keyward.engine.builtin.acl.Selector.KeyTrial;
import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.command.KeySpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The users of one keyspace, and the decision whether one of them may execute a request.
 *
 * <p>Cost of a decision: for a user that may do everything one field; else for each selector one
 * bit for the command and a match for each pattern and key, without an object as long as nothing is
 * denied. Names stand byte for character (ISO 8859-1).
 */
public final class AccessControl {
  /** The user that a connection is before it logs in. */
  public static final String DEFAULT_USER = "default";

  private static final List<String> EVERYTHING = List.of("on", "nopass", "~*", "&*", "+@all");

  private final CommandTable table;
  private final LiveSettings settings;
  private final MemoryAccount account;
  private final AccessLog log = new AccessLog();
  private final Map<String, User> users = new TreeMap<>();
  private final User defaultUser;
  private @Nullable KeyTrial trial;
  private @Nullable AccessFile file;
  private volatile boolean open;

  /** The default user alone; what further rules take is counted in the account. */
  public AccessControl(CommandTable table, LiveSettings settings, MemoryAccount account) {
    this.table = table;
    this.settings = settings;
    this.account = account;
    defaultUser = new User(DEFAULT_USER, table, true);
    try {
      set(DEFAULT_USER, EVERYTHING);
    } catch (RuleException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** The user that a connection is before it logs in; the object never changes. */
  public User defaultUser() {
    return defaultUser;
  }

  /** Whether a connection needs no login, since the default user has no password; thread-safe. */
  public boolean open() {
    return open;
  }

  /**
   * Somebody who may do everything and cannot log in: the gateway itself, as when it loads data.
   */
  public User unbound() {
    User itself = new User(DEFAULT_USER, table, true);
    itself.root().allowAllKeys(true);
    itself.root().commands().everything(true);
    User unbound = new User(DEFAULT_USER, table, true);
    unbound.become(itself);
    return unbound;
  }

  /** The user of this name, or null. */
  public @Nullable User user(String name) {
    return users.get(name);
  }

  /** All users by their names. */
  public Collection<User> users() {
    return Collections.unmodifiableCollection(users.values());
  }

  /** Where ACL SAVE keeps the users, or null if nowhere. */
  public @Nullable AccessFile file() {
    return file;
  }

  public void file(AccessFile keeper) {
    file = keeper;
  }

  /** What has been refused. */
  public AccessLog log() {
    return log;
  }

  /** The user of this name if it may log in with this password, else null. */
  public @Nullable User authenticate(String name, byte[] password) {
    User user = users.get(name);
    return user != null && user.enabled() && user.accepts(password) ? user : null;
  }

  /**
   * Whether a user may execute a request.
   *
   * @return what is denied, or null if nothing is
   */
  public @Nullable Denial check(User user, Request request, Command command) {
    return user.unrestricted() ? null : judge(user, request, command);
  }

  private @Nullable Denial judge(User user, Request request, Command command) {
    long worst = Denial.COMMAND;
    for (int i = 0; i < user.selectorCount(); i++) {
      long verdict = user.selector(i).judge(request, command, trial());
      if (verdict == Denial.NONE) {
        return null;
      }
      worst = Math.max(worst, verdict);
    }
    return Denial.of(user, worst);
  }

  /** Most keyspaces have no user that is restricted: they do without. */
  private KeyTrial trial() {
    KeyTrial present = trial;
    if (present == null) {
      present = new KeyTrial(defaultUser.root());
      trial = present;
    }
    return present;
  }

  /** Whether a user may execute a request even if it reads keys that the request does not name. */
  public boolean mayReadEveryKey(User user, Request request, Command command) {
    return user.unrestricted()
        || user.selectors().stream()
            .anyMatch(
                selector ->
                    selector.admitsEveryKey(KeySpec.READ)
                        && selector.judge(request, command, trial()) == Denial.NONE);
  }

  /** Notes a refusal; {@code client} is the line of CLIENT LIST of the client that sent it. */
  public void note(Denial denial, Context context, Request request, String client) {
    String object = denial.object(request.command(), request);
    note(denial.reason(), context, object, denial.user().name(), client, request.now());
  }

  /** Notes a login that failed; {@code object} is the command that was sent. */
  public void noteFailedLogin(
      Context context, String object, String user, String client, long now) {
    note(Reason.AUTH, context, object, user, client, now);
  }

  private void note(
      Reason reason, Context context, String object, String user, String client, long now) {
    log.add(reason, context, object, user, client, now, settings.number(Directive.ACLLOG_MAX_LEN));
  }

  /** What a user would be after rules that are only tried. */
  public record Change(@Nullable User before, User after) {
    /** Whether the user takes more memory afterwards. */
    public boolean grows() {
      User former = before;
      return former == null || after.bytes() > former.bytes();
    }

    /** Whether a channel that was allowed may no longer be; to be asked before the change. */
    public boolean losesChannels() {
      User former = before;
      return former != null && !after.listensToAllOf(former);
    }
  }

  /**
   * Tries rules on a user, or on a new one.
   *
   * @param between is called between two rules
   * @throws RuleException if one of them is wrong; nothing has changed then
   */
  public Change attempt(String name, List<String> rules, Runnable between) throws RuleException {
    User present = users.get(name);
    User changed = present == null ? newUser(name) : present.copy();
    UserRules reader = new UserRules(changed, allChannelsByDefault(), between);
    for (String rule : UserRules.joined(rules)) {
      try {
        reader.apply(rule);
      } catch (RuleException wrong) {
        throw new RuleException("Error in ACL SETUSER modifier '" + rule + "': " + wrong.reason());
      }
    }
    return new Change(present, changed);
  }

  /** Puts a change into effect. */
  public void accept(Change change) {
    install(change.after());
  }

  /** Applies rules to a user, which is made if there is none. */
  public final void set(String name, List<String> rules) throws RuleException {
    accept(attempt(name, rules, () -> {}));
  }

  private void install(User changed) {
    String name = changed.name();
    User present = users.get(name);
    User target = name.equals(DEFAULT_USER) ? defaultUser : present;
    if (target == null) {
      target = new User(name, table, false);
    }
    long before = present == null ? 0 : present.bytes();
    target.become(changed);
    account.add(target.bytes() - before);
    users.put(name, target);
    open = defaultUser.enabled() && defaultUser.noPassword();
  }

  /** Makes this the one password of a user that there is; an empty one lets everybody in. */
  public void password(String name, byte[] password) {
    User user = users.get(name);
    if (user != null) {
      User changed = user.copy();
      changed.noPassword(password.length == 0);
      if (password.length > 0) {
        changed.addPassword(User.hash(password));
      }
      install(changed);
    }
  }

  /** Removes a user, but for the default one; its connections are the caller's to close. */
  public @Nullable User remove(String name) {
    User removed = name.equals(DEFAULT_USER) ? null : users.remove(name);
    if (removed != null) {
      account.add(-removed.bytes());
    }
    return removed;
  }

  /** Whether a name holds what would break a line of rules apart: blanks or zero bytes. */
  public static boolean hasBlanks(String name) {
    return UserRules.hasBlanks(name);
  }

  User newUser(String name) {
    return new User(name, table, allChannelsByDefault());
  }

  boolean allChannelsByDefault() {
    return settings.text(Directive.ACL_PUBSUB_DEFAULT).equals("allchannels");
  }

  /**
   * Puts other users in the place of all; the default user becomes what it was at the start if it
   * is not among them.
   *
   * @return the users that there were; the objects are no longer in use, but for the default one
   */
  Collection<User> replace(Collection<User> others) {
    List<User> former = new ArrayList<>(users.values());
    former.forEach(user -> account.add(-user.bytes()));
    users.clear();
    install(new AccessControl(table, settings, new MemoryAccount()).defaultUser);
    others.forEach(this::install);
    return former;
  }
}
