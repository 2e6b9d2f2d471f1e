namespace HyperCore.Core.Usb;

/// <summary>Who waits for the end of a command. A controller executes one at a time.</summary>
internal abstract class CommandOwner
{
    /// <summary>A command is under way for this owner.</summary>
    public bool CommandPending { get; set; }

    /// <summary>The port that is to blame when the command is never answered; null when there is none.</summary>
    public abstract UsbPort? Port { get; }

    /// <summary>The command has ended.</summary>
    /// <param name="code">How.</param>
    /// <param name="slot">The slot it names.</param>
    public abstract void CommandCompleted(CompletionCode code, int slot);
}
