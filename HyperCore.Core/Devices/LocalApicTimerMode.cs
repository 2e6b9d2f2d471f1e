namespace HyperCore.Core.Devices;

/// <summary>How the local APIC's timer runs: bits 18:17 of its LVT entry (Intel SDM vol. 3A, 11.5.4).</summary>
public enum LocalApicTimerMode : byte
{
    /// <summary>Counts down once.</summary>
    OneShot = 0,

    /// <summary>Counts down, reloads and goes on.</summary>
    Periodic = 1,

    /// <summary>Waits for the time-stamp counter to reach IA32_TSC_DEADLINE.</summary>
    TscDeadline = 2,

    /// <summary>Reserved: the timer does not run.</summary>
    Reserved = 3,
}
