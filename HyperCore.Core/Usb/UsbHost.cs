using System;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Time;

namespace HyperCore.Core.Usb;

/// <summary>
/// All USB controllers with the keyboards and mice on them. It is looked at from the main loop (<see cref="Poll"/>) and never waits: whatever takes
/// time is gone on with the next time.
/// </summary>
public sealed class UsbHost
{
    /// <summary>The most controllers that are used.</summary>
    public const int MaxControllers = 4;

    /// <summary>The most keyboards and mice that can be told apart; further ones share the last number.</summary>
    public const int MaxSources = 31;

    private readonly XhciController[] _controllers = new XhciController[MaxControllers];
    private uint _sources;

    /// <summary>A host without controllers.</summary>
    public UsbHost(Log log) => Log = log;

    /// <summary>Who takes the input; null while nobody does.</summary>
    public HidSink? Sink { get; set; }

    /// <summary>Controllers in use.</summary>
    public int ControllerCount { get; private set; }

    /// <summary>The lights of all keyboards: bit 0 Scroll Lock, 1 Num Lock, 2 Caps Lock. A keyboard shows them from the next <see cref="Poll"/> on.</summary>
    public int Leds
    {
        get;
        set
        {
            if (field != value)
            {
                field = value;
                for (int i = 0; i < ControllerCount; i++)
                {
                    _controllers[i].Again();
                }
            }
        }
    }

    /// <summary>When <see cref="Poll"/> wants to be called without an interrupt, in nanoseconds of the clock.</summary>
    public ulong NextDeadline
    {
        get
        {
            ulong deadline = VirtualTimer.Never;
            for (int i = 0; i < ControllerCount; i++)
            {
                deadline = Math.Min(deadline, _controllers[i].NextDeadline);
            }

            return deadline;
        }
    }

    internal Log Log { get; }

    /// <summary>Adds a controller and begins to bring it up. Allocates: only at start-up.</summary>
    /// <param name="hardware">Its registers; it cannot reach memory yet.</param>
    /// <param name="memory">Memory for it.</param>
    /// <param name="now">The time, in nanoseconds of the clock.</param>
    /// <param name="problem">Why it cannot be used, for people to read; empty when it can.</param>
    /// <returns>False when it cannot be used.</returns>
    public bool Add(XhciHardware hardware, DmaMemory memory, ulong now, out string problem)
    {
        if (ControllerCount == MaxControllers)
        {
            problem = "one controller too many";
            return false;
        }

        var controller = new XhciController(this, hardware, ControllerCount + 1);
        problem = controller.Prepare(memory);
        if (problem.Length != 0)
        {
            return false;
        }

        _controllers[ControllerCount++] = controller;
        controller.Start(now);
        return true;
    }

    /// <summary>Takes what the controllers have, and lets everything that is due happen. Cheap when there is nothing.</summary>
    public void Poll(ulong now)
    {
        for (int i = 0; i < ControllerCount; i++)
        {
            _controllers[i].Poll(now);
        }
    }

    internal int TakeSource()
    {
        for (int i = 1; i < MaxSources; i++)
        {
            if ((_sources >> i & 1) == 0)
            {
                _sources |= 1u << i;
                return i;
            }
        }

        return MaxSources;
    }

    internal void ReleaseSource(int source)
    {
        if (source != MaxSources)
        {
            _sources &= ~(1u << source);
        }
    }
}
