using System;
using HyperCore.Core.Acpi;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Menu;
using HyperCore.Core.Platform;
using HyperCore.Core.Time;

namespace HyperCore.Core.Machine;

/// <summary>
/// Start, stop, pause, reset. All of it runs on the console processor, holds no lock for long, and first takes the vCPUs off all pCPUs; the
/// other VMs run on meanwhile.
/// </summary>
public sealed partial class VirtualMachine
{
    // An OS that listens is given so long to shut down by itself.
    private const ulong ShutdownTime = 15_000_000_000;

    private const SuspendReasons AllReasons =
        SuspendReasons.Off | SuspendReasons.Paused | SuspendReasons.Ended | SuspendReasons.Held | SuspendReasons.OutputWaits;

    private ulong _startedAt;
    private bool _hasEnded;

    /// <summary>A vCPU has ended the VM, and nobody has seen to it yet.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>When the VM is stopped by force, because it was asked to shut down and did not; <see cref="VirtualTimer.Never"/> when it was not asked.</summary>
    public ulong ForcedStop { get; private set; } = VirtualTimer.Never;

    /// <summary>Power-on: takes memory, loads the kernel, puts every chip and the vCPUs into their first state.</summary>
    /// <returns>False when that was not possible; <see cref="StopReason"/> says why.</returns>
    public bool Start()
    {
        StopReason.Clear();
        if (WhyItCannotStart() is { } obstacle)
        {
            return Fail(obstacle);
        }

        return TryTakeMemory() && TryPowerOn();
    }

    /// <summary>Takes the vCPUs off all pCPUs, for good: nothing changes the stop reason after that.</summary>
    public void Halt()
    {
        _dispatcher.SuspendAndWait(Group, SuspendReasons.Off);
        Enter();
        Virtio.Network?.Suspend(true); // nothing comes into memory any more that is about to be zeroed
        Leave();
    }

    /// <summary>Ends the VM: its memory is zeroed and given back.</summary>
    public void Stop()
    {
        if (IsAlive)
        {
            Halt();
            PowerOff(StopReason.Kind is StopKind.TripleFault or StopKind.Crashed ? VmState.Failed : VmState.Stopped);
        }
    }

    /// <summary>Starts again with the memory it has, as a reset button does.</summary>
    /// <returns>False when loading failed; the VM has then ended.</returns>
    public bool Reset()
    {
        Halt();
        State = VmState.Stopped;
        _ram.Breather = _host.Breather;
        _mapping.Forget();
        _ram.Renew();
        return TryPowerOn();
    }

    /// <summary>Takes the VM off the pCPUs until <see cref="Resume"/>. Its clocks stand still.</summary>
    public void Pause()
    {
        if (State == VmState.Running)
        {
            _dispatcher.SuspendAndWait(Group, SuspendReasons.Paused);
            Enter();
            State = VmState.Paused;
            _clock.Pause();
            Virtio.Network?.Suspend(true);
            _waker.UpdateDeadlines();
            Leave();
        }
    }

    /// <summary>Lets a paused VM run on.</summary>
    public void Resume()
    {
        if (State == VmState.Paused)
        {
            Enter();
            _clock.Resume();
            State = VmState.Running;
            Virtio.Network?.Suspend(false);
            SetTscOffsets();
            _waker.UpdateDeadlines();
            Leave();
            _dispatcher.Resume(Group, SuspendReasons.Paused, 0);
        }
    }

    /// <summary>Presses the power button, if an OS listens to it.</summary>
    /// <returns>False when nobody listens, or it was pressed before: the VM has to be stopped by force.</returns>
    public bool AskToShutDown()
    {
        if (State != VmState.Running || _hasEnded || ForcedStop != VirtualTimer.Never)
        {
            return false;
        }

        Enter();
        bool listens = Platform.AcpiPm.IsPowerButtonEnabled;
        if (listens)
        {
            Platform.AcpiPm.PressPowerButton();
        }

        Leave();
        ForcedStop = listens ? _host.Clock.Now + ShutdownTime : VirtualTimer.Never;
        return listens;
    }

    /// <summary>Brings its picture to the screen.</summary>
    public void Show()
    {
        if (HoldForDisplay())
        {
            Display!.Show();
            ReleaseAfterDisplay();
        }
    }

    /// <summary>Takes its picture off the screen.</summary>
    public void Hide()
    {
        if (HoldForDisplay())
        {
            Display!.Hide();
            ReleaseAfterDisplay();
        }
    }

    /// <summary>Has the screen and the nested page table follow what the guest set on its display.</summary>
    /// <returns>True when translations changed, which takes the VM some time.</returns>
    public bool UpdateDisplay()
    {
        if (!HoldForDisplay())
        {
            return false;
        }

        Display!.Update();
        return ReleaseAfterDisplay();
    }

    /// <summary>What has piled up in its COM1 was shown: it may go on.</summary>
    public void OutputShown()
    {
        if ((Group.Suspended & SuspendReasons.OutputWaits) != 0 && !Console.IsCongested)
        {
            _dispatcher.Resume(Group, SuspendReasons.OutputWaits, 0);
        }
    }

    /// <summary>A vCPU has ended the VM: no other one runs on, and the console processor is told. Called on any pCPU, without a lock.</summary>
    public void NoteEnd(int pcpu)
    {
        _dispatcher.Suspend(Group, SuspendReasons.Ended, pcpu);
        _hasEnded = true;
        _dispatcher.Signal(1, pcpu);
    }

    /// <summary>Waits until no pCPU has a vCPU of a VM that has ended.</summary>
    public void AwaitEnd()
    {
        _dispatcher.SuspendAndWait(Group, SuspendReasons.Ended);
        _hasEnded = false;
    }

    /// <summary>Why this VM cannot be started, before anything is tried; null when nothing is known to be in the way.</summary>
    public string? WhyItCannotStart() => _host.Obstacle ?? Config.CannotStart ?? Files.Error;

    // With no vCPU in guest mode no pixel is lost, and none runs on with the old translations.
    private bool HoldForDisplay()
    {
        if (Display == null)
        {
            return false;
        }

        _dispatcher.SuspendAndWait(Group, SuspendReasons.Held);
        Enter();
        return true;
    }

    private bool ReleaseAfterDisplay()
    {
        bool remapped = Display!.TakeRemapped();
        TranslationsChanged += remapped ? 1u : 0;
        Leave();
        _dispatcher.Resume(Group, SuspendReasons.Held, 0);
        return remapped;
    }

    private bool TryTakeMemory()
    {
        TextBuilder text = StopReason.Begin(StopKind.CannotStart);
        ulong shadow = Display?.ShadowSize ?? 0;
        _ram.Breather = _host.Breather;
        if (!_ram.TryAllocate(Config.Memory, shadow, ref text))
        {
            StopReason.Finish(text);
            State = VmState.Failed;
            return false;
        }

        if (!Virtio.TryTakeMemory(_host.Memory, ref text))
        {
            StopReason.Finish(text);
            ReleaseMemory();
            State = VmState.Failed;
            return false;
        }

        StartDisplay();
        _apicPage?.Create();
        return (_nested.Create() && _mapping.TryBegin()) || FailWithoutTables();
    }

    private unsafe void StartDisplay() => Display?.Start(_ram.Shadow, _ram.ShadowPhysical);

    private bool TryPowerOn()
    {
        Enter();
        _clock.Resume();
        _clock.SetTsc(0);
        _power.Clear();
        _mtrr.Reset();
        Console.Reset();
        Platform.Reset();
        if (Display is { } display && !display.PowerOn())
        {
            Leave();
            return FailWithoutTables();
        }

        _apicPage?.Show();
        Platform.Cmos.SetTime(_host.UnixTimeNow, _clock.Now);
        Platform.Cmos.SetMemorySize(_ram.LowBytes, _ram.HighBytes);
        PowerOns++;
        for (int i = 0; i < _vcpus.Length; i++)
        {
            _vcpus[i].Reset();
            _vcpus[i].Processor.NestedRoot = _nested.Root;
            _vcpus[i].Processor.ApicAccessPage = _apicPage?.HostPhysical ?? 0;
            _dispatcher.Scheduler.Reset(_vcpus[i].Task, 0, _host.Clock.Now);
        }

        _hasEnded = false;
        ForcedStop = VirtualTimer.Never;
        TextBuilder error = StopReason.Begin(StopKind.CannotStart);
        bool loaded = TryLoad(ref error);
        if (loaded)
        {
            StopReason.Clear();
            _bootState.Apply(_vcpus[0].Processor);
            SetTscOffsets();
            _startedAt = _clock.Now;
            State = VmState.Running;
            Virtio.Network?.Suspend(false);
        }

        _waker.UpdateDeadlines();
        Leave();
        if (!loaded)
        {
            StopReason.Finish(error);
            PowerOff(VmState.Failed);
            return false;
        }

        _dispatcher.Resume(Group, AllReasons, 0);
        _dispatcher.Wake(Group[0], 0);
        return true;
    }

    private bool TryLoad(ref TextBuilder error)
    {
        if (!_memory.TrySlice(PlatformLayout.FirmwareBase, (int)PlatformLayout.FirmwareLength, out Span<byte> firmware))
        {
            error.Append("memory of less than 1M holds no ACPI tables; raise memory");
            return false;
        }

        AcpiTables.Build(firmware, PlatformLayout.FirmwareBase, new AcpiPlatform(Config.Processors, ioApicId: 0));
        return Files.TryLoad(Config, _memory, Display?.Describe() ?? default, _clock.TscFrequency, _bootState, ref error);
    }

    private void SetTscOffsets()
    {
        for (int i = 0; i < _vcpus.Length; i++)
        {
            _vcpus[i].Processor.TscOffset = _vcpus[i].Clock.TscOffset;
        }
    }

    private void PowerOff(VmState state)
    {
        Enter();
        State = state;
        _hasEnded = false;
        ForcedStop = VirtualTimer.Never;
        Leave();
        ReleaseMemory();
    }

    private void ReleaseMemory()
    {
        _nested.Destroy();
        _apicPage?.Destroy();
        Virtio.ReleaseMemory(_host.Breather);
        _ram.Breather = _host.Breather;
        _ram.Free();
    }

    private bool FailWithoutTables()
    {
        ReleaseMemory();
        return Fail("memory for its nested page tables has run out; stop another VM or give this one less memory");
    }

    private bool Fail(ReadOnlySpan<char> why)
    {
        StopReason.Set(StopKind.CannotStart, why);
        State = VmState.Failed;
        return false;
    }
}
