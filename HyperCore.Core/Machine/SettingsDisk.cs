using System;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Firmware;
using HyperCore.Core.Memory;
using HyperCore.Core.Time;
using HyperCore.Core.Virtio;

namespace HyperCore.Core.Machine;

/// <summary>
/// The disk of the VM with <c>settings = yes</c>: its contents are kept in the firmware's variables. They are read when the VM is started. A guest's
/// flush is noted by its vCPU, with the VM's lock held, and carried out by the console processor (<see cref="SettingsSaver"/>), which alone may call
/// the firmware.
/// </summary>
public sealed unsafe class SettingsDisk : DiskFlush
{
    /// <summary>What the guest is told as the disk's serial number.</summary>
    public const string Serial = "hypercore-settings";

    private readonly SettingsStore _store;
    private readonly AttentionFlag _attention;
    private readonly byte* _loaded;
    private VariableResult _loadResult;
    private bool _isTorn;
    private bool _isWaiting;
    private bool _hasFailed;
    private bool _isNew;

    /// <summary>Creates the disk; nothing is read yet.</summary>
    /// <param name="variables">Where the contents are kept.</param>
    /// <param name="memory">The machine's memory, from which 8 KiB are taken.</param>
    /// <param name="attention">Raised when the guest wants something saved.</param>
    public SettingsDisk(FirmwareVariables variables, FrameAllocator memory, AttentionFlag attention)
    {
        if (!memory.TryAllocateContiguous(SettingsStore.Size, FrameAllocator.FrameSize, ulong.MaxValue, FrameOwner.HyperCore, out ulong address))
        {
            throw new InvalidOperationException("not enough memory for the settings of a VM");
        }

        _store = new SettingsStore(variables);
        _attention = attention;
        _loaded = (byte*)address;
        HostMemory.Zero(_loaded, SettingsStore.Size);
        Disk = new RamDisk(new FileContent(_loaded, SettingsStore.Size));
    }

    /// <summary>What the guest sees.</summary>
    public RamDisk Disk { get; }

    /// <summary>The device that is to go on when a flush has ended; set when it is built.</summary>
    public VirtioDevice? Device { get; set; }

    /// <inheritdoc/>
    public override bool IsWaiting => _isWaiting;

    /// <inheritdoc/>
    public override bool HasFailed => _hasFailed;

    /// <summary>What is saved lasts.</summary>
    public bool IsKept => _store.WhyNot == null;

    /// <summary>Reads what was saved. The VM is off; on the console processor.</summary>
    public void Load()
    {
        var contents = new Span<byte>(_loaded, SettingsStore.Size);
        _isTorn = false;
        _loadResult = VariableResult.Done;
        if (IsKept)
        {
            _loadResult = _store.Load(contents, out _isTorn);
        }
        else
        {
            contents.Clear();
        }
    }

    /// <summary>Says what came of <see cref="Load"/>.</summary>
    public void Report(Log log, string vm)
    {
        Span<char> buffer = stackalloc char[240];
        if (_store.WhyNot is { } why)
        {
            log.Write(LogLevel.Warning, $"settings: {vm} in memory only, lost when it is stopped, reason=\"{why}\"");
        }
        else if (_loadResult != VariableResult.Done)
        {
            var reason = new TextBuilder(buffer);
            VariableText.Append(ref reason, _loadResult);
            log.Write(LogLevel.Error, $"settings: {vm} not loaded, and nothing will be saved, reason=\"{reason.Text}\"");
        }
        else if (_isTorn)
        {
            log.Write(LogLevel.Warning, $"settings: {vm} loaded, but the last save was cut off: old and new contents may be mixed");
        }
        else
        {
            log.Write(LogLevel.Info, $"settings: {vm} loaded bytes={BytesInUse()}");
        }
    }

    /// <inheritdoc/>
    public override void Begin()
    {
        if (!IsKept)
        {
            _hasFailed = false;
            return;
        }

        // Zeros that come from a failure must not replace what was saved.
        _hasFailed = _loadResult != VariableResult.Done;
        _isWaiting = !_hasFailed;
        _isNew = _isWaiting;
        _attention.IsRaised = true;
    }

    /// <inheritdoc/>
    public override void Cancel()
    {
        _isWaiting = false;
        _isNew = false;
    }

    /// <summary>A flush was begun since the last call: the console processor has to be told.</summary>
    public bool TakeAttention()
    {
        bool isNew = _isNew;
        _isNew = false;
        return isNew;
    }

    /// <summary>Copies what the guest has written so far. With the VM's lock held.</summary>
    public void CopyTo(Span<byte> contents)
    {
        for (int offset = 0; offset < SettingsStore.Size;)
        {
            ReadOnlySpan<byte> part = Disk.Read(offset, SettingsStore.Size - offset);
            part.CopyTo(contents.Slice(offset));
            offset += part.Length;
        }
    }

    /// <summary>A copy is what was saved already: saving it writes nothing.</summary>
    public bool IsSaved(ReadOnlySpan<byte> contents) => _store.IsSaved(contents);

    /// <summary>Saves a copy, on the console processor and without the VM's lock.</summary>
    public VariableResult Save(ReadOnlySpan<byte> contents, out int written) => _store.Save(contents, out written);

    /// <summary>Ends the flush that waits, and has the device go on. With the VM's lock held.</summary>
    public void End(bool failed)
    {
        _isWaiting = false;
        _hasFailed = failed;
        Device?.Resume();
    }

    private int BytesInUse()
    {
        int length = SettingsStore.Size;
        while (length > 0 && _loaded[length - 1] == 0)
        {
            length--;
        }

        return length;
    }
}
