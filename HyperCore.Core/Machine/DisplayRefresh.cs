using System;
using HyperCore.Core.Time;

namespace HyperCore.Core.Machine;

/// <summary>The main loop's part in the VMs' displays: it has mappings and modes follow what guests set, and copies the foreground VM's picture where it must.</summary>
public sealed class DisplayRefresh
{
    // About 30 pictures a second, unless copying takes more than a quarter of the time.
    private const ulong Period = 33_000_000;
    private const ulong Slice = 1_000_000;
    private const ulong RestFactor = 4;

    private readonly Clock _clock;
    private readonly PictureCopier? _copier;
    private MediatedDisplay? _display;
    private uint _pictures;
    private ulong _updateDue;
    private ulong _copyDue;
    private ulong _pictureSpent;
    private ulong _pictureStart;

    /// <summary>Creates the refresher.</summary>
    /// <param name="host">The machine's display; null without one.</param>
    /// <param name="clock">The clock.</param>
    public DisplayRefresh(HostFramebuffer? host, Clock clock)
    {
        _clock = clock;
        _copier = host == null ? null : new PictureCopier(host);
    }

    /// <summary>Does what is due.</summary>
    /// <param name="machines">The VMs.</param>
    /// <param name="foreground">The one that is on the screen; null while the menu is.</param>
    /// <param name="now">The time.</param>
    /// <returns>When there is something to do again; <see cref="VirtualTimer.Never"/> for not before something happens.</returns>
    public ulong Run(VirtualMachines machines, VirtualMachine? foreground, ulong now)
    {
        if (_copier == null)
        {
            return VirtualTimer.Never;
        }

        ulong due = Update(machines, now);
        if (foreground is not { IsAlive: true, Display: { IsDirect: false, IsShown: true } display })
        {
            _display = null;
            return due;
        }

        return Math.Min(due, Copy(_copier, display, now));
    }

    private ulong Update(VirtualMachines machines, ulong now)
    {
        ulong due = VirtualTimer.Never;
        for (int i = 0; i < machines.Count; i++)
        {
            VirtualMachine vm = machines[i];
            if (!vm.IsAlive || vm.Display is not { NeedsUpdate: true })
            {
                continue;
            }

            // A guest that does nothing but set modes must not take the main loop for itself: moving video memory costs milliseconds.
            if (now < _updateDue)
            {
                due = _updateDue;
                continue;
            }

            if (vm.UpdateDisplay())
            {
                ulong end = _clock.Now;
                _updateDue = end + ((end - now) * RestFactor);
            }
        }

        return due;
    }

    private ulong Copy(PictureCopier copier, MediatedDisplay display, ulong now)
    {
        if (_display != display || _pictures != display.Pictures)
        {
            _display = display;
            _pictures = display.Pictures;
            _copyDue = now;
            _pictureStart = now;
            _pictureSpent = 0;
            copier.Begin(display.Mode);
        }

        if (!display.Mode.IsShown)
        {
            return VirtualTimer.Never;
        }

        if (now < _copyDue)
        {
            return _copyDue;
        }

        unsafe
        {
            bool done = copier.Copy(display.Picture, _clock, now + Slice);
            ulong end = _clock.Now;
            _pictureSpent += end - now;
            if (!done)
            {
                _copyDue = end + (end - now);
                return _copyDue;
            }

            _copyDue = Math.Max(_pictureStart + Period, end + (_pictureSpent * (RestFactor - 1)));
            _pictureStart = _copyDue;
            _pictureSpent = 0;
            return _copyDue;
        }
    }
}
