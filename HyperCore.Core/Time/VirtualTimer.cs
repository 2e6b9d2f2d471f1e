namespace HyperCore.Core.Time;

/// <summary>A one-shot timer of a virtual device. It belongs to a <see cref="TimerSet"/>, which fires it.</summary>
public abstract class VirtualTimer
{
    /// <summary>The deadline of a timer that is not armed.</summary>
    public const ulong Never = ulong.MaxValue;

    private readonly TimerSet _set;

    /// <summary>Creates a timer, not armed, as a member of <paramref name="set"/>.</summary>
    protected VirtualTimer(TimerSet set)
    {
        _set = set;
        Deadline = Never;
        set.Add(this);
    }

    /// <summary>When it fires, in nanoseconds of the VM's clock; <see cref="Never"/> when it is not armed.</summary>
    public ulong Deadline { get; private set; }

    /// <summary>Arms the timer; a deadline that has passed fires at the next look.</summary>
    public void Arm(ulong deadline)
    {
        Deadline = deadline;
        _set.OnChanged();
    }

    /// <summary>Disarms the timer.</summary>
    public void Cancel() => Arm(Never);

    /// <summary>What happens at the deadline. The timer is disarmed before the call and may be armed again in it.</summary>
    /// <param name="deadline">The deadline that passed. Periodic timers count on from it, so that they do not drift.</param>
    protected internal abstract void Fire(ulong deadline);
}
