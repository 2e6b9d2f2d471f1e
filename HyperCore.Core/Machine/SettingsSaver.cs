using System;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Firmware;
using HyperCore.Core.Time;

namespace HyperCore.Core.Machine;

/// <summary>
/// The console processor's part in <see cref="SettingsDisk"/>: it saves what a guest has flushed. No guest wears out the flash memory: saves that
/// write something are rationed, and a flush that comes too soon after many others waits.
/// </summary>
public sealed class SettingsSaver
{
    /// <summary>Saves that may follow each other at once.</summary>
    public const int Burst = 16;

    /// <summary>How long it takes until one more may follow, nanoseconds.</summary>
    public const ulong RefillTime = 30_000_000_000;

    private const ulong Millisecond = 1_000_000;

    private readonly Clock _clock;
    private readonly Log _log;
    private readonly VirtualMachine? _vm;
    private readonly byte[] _copy;
    private int _left = Burst;
    private ulong _refilledAt;
    private ulong _waitsUntil;

    /// <summary>Finds the VM with settings, if there is one.</summary>
    /// <param name="machines">All VMs.</param>
    /// <param name="clock">The machine's clock.</param>
    /// <param name="log">The log.</param>
    public SettingsSaver(VirtualMachine[] machines, Clock clock, Log log)
    {
        _clock = clock;
        _log = log;
        for (int i = 0; i < machines.Length; i++)
        {
            _vm = machines[i].Virtio.Settings != null ? machines[i] : _vm;
        }

        _copy = new byte[_vm == null ? 0 : SettingsStore.Size];
    }

    /// <summary>Does what is due.</summary>
    /// <param name="now">The time.</param>
    /// <returns>When there is something to do again; <see cref="VirtualTimer.Never"/> for not before something happens.</returns>
    public ulong Run(ulong now)
    {
        if (_vm is not { IsAlive: true } || _vm.Virtio.Settings is not { IsWaiting: true } settings)
        {
            return VirtualTimer.Never;
        }

        if (now < _waitsUntil)
        {
            return _waitsUntil;
        }

        Refill(now);
        _vm.Enter();
        bool isWaiting = settings.IsWaiting;
        settings.CopyTo(_copy);
        _vm.Leave();
        if (!isWaiting)
        {
            return VirtualTimer.Never;
        }

        if (_left == 0 && !settings.IsSaved(_copy))
        {
            _waitsUntil = _refilledAt + RefillTime;
            return _waitsUntil;
        }

        // The firmware may take its time; the guest's vCPUs on other pCPUs run on, and the disk's driver waits.
        VariableResult result = settings.Save(_copy, out int written);
        Report(result, written, _clock.Now - now);
        _left -= _left > 0 && (written > 0 || result != VariableResult.Done) ? 1 : 0;
        _vm.Enter();
        if (settings.IsWaiting)
        {
            settings.End(failed: result != VariableResult.Done);
        }

        _vm.Leave();
        return VirtualTimer.Never;
    }

    private void Refill(ulong now)
    {
        while (_left < Burst && now - _refilledAt >= RefillTime)
        {
            _left++;
            _refilledAt += RefillTime;
        }

        _refilledAt = _left == Burst ? now : _refilledAt;
    }

    private void Report(VariableResult result, int written, ulong time)
    {
        string name = _vm!.Config.Name;
        if (result != VariableResult.Done)
        {
            Span<char> buffer = stackalloc char[240];
            var reason = new TextBuilder(buffer);
            VariableText.Append(ref reason, result);
            _log.Write(LogLevel.Error, $"settings: {name} not saved reason=\"{reason.Text}\"");
        }
        else if (written > 0)
        {
            _log.Write(LogLevel.Info, $"settings: {name} saved pieces={written} ms={time / Millisecond}");
        }
    }
}
