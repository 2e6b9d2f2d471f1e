using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Menu;

/// <summary>
/// What the menu can have done. Each action returns false when it could not be done and then writes why, in words for the person at the
/// machine; when it was done it may write something to be shown instead of the menu's own words.
/// </summary>
public abstract class MenuActions
{
    /// <summary>Starts a VM that is stopped or failed and brings it to the foreground.</summary>
    public abstract bool Start(int vm, ref TextBuilder message);

    /// <summary>Gives a VM that was started the display and the keyboard.</summary>
    public abstract bool BringToForeground(int vm, ref TextBuilder message);

    /// <summary>Ends a VM at once, as if its plug was pulled.</summary>
    public abstract bool Stop(int vm, ref TextBuilder message);

    /// <summary>Halts a running VM.</summary>
    public abstract bool Pause(int vm, ref TextBuilder message);

    /// <summary>Lets a paused VM run on.</summary>
    public abstract bool Resume(int vm, ref TextBuilder message);

    /// <summary>Resets a VM, as if its reset button was pressed.</summary>
    public abstract bool Reset(int vm, ref TextBuilder message);

    /// <summary>Turns the machine off. Comes back only when that is not possible.</summary>
    public abstract bool PowerOffMachine(ref TextBuilder message);

    /// <summary>Says what <see cref="ChangeBootEntry"/> would do now: make an entry for HyperCore in the firmware's boot menu, or remove it.</summary>
    public virtual bool DescribeBootEntryChange(ref TextBuilder message) => false;

    /// <summary>Makes an entry for HyperCore in the firmware's boot menu when there is none, else removes it.</summary>
    public virtual bool ChangeBootEntry(ref TextBuilder message) => false;

    /// <summary>Goes back to the firmware's boot menu. Comes back only when that is not possible.</summary>
    public abstract bool BackToFirmware(ref TextBuilder message);
}
