using System;

namespace HyperCore.Core.Devices;

/// <summary>
/// The I/O APIC (Intel 82093AA; the EOI register of version 20h from the ICH9 data sheet, 13.5.4). An edge on a masked pin is lost and a level is looked at
/// again when the pin is unmasked (82093AA, 3.2.4). <see cref="SetPin"/> says asserted or not; how that looks electrically, and so the polarity bit, is a
/// matter between the guest and the tables that tell it.
/// </summary>
public sealed class IoApic : Device
{
    /// <summary>Number of interrupt inputs.</summary>
    public const int PinCount = 24;

    /// <summary>Length of the register window in bytes.</summary>
    public const ulong WindowLength = 0x1000;

    private const uint SelectOffset = 0x00;
    private const uint WindowOffset = 0x10;
    private const uint EoiOffset = 0x40;

    private const byte IdRegister = 0x00;
    private const byte VersionRegister = 0x01;
    private const byte ArbitrationRegister = 0x02;
    private const byte FirstEntryRegister = 0x10;
    private const uint VersionValue = ((PinCount - 1) << 16) | 0x20;

    private readonly ApicBus _bus;
    private readonly RedirectionEntry[] _entries = new RedirectionEntry[PinCount];
    private readonly InterruptLine[] _lines = new InterruptLine[PinCount];
    private readonly uint _initialId;
    private uint _asserted;
    private byte _selected;
    private uint _id;

    /// <summary>Builds an I/O APIC and connects it to its bus, in power-on state.</summary>
    /// <param name="bus">The bus of the VM.</param>
    /// <param name="id">The ID that its ID register shows after reset, 0 to 15.</param>
    public IoApic(ApicBus bus, uint id = 0)
    {
        _bus = bus;
        _initialId = id;
        for (int i = 0; i < PinCount; i++)
        {
            _lines[i] = new Pin(this, i);
        }

        bus.Add(this);
        Reset();
    }

    /// <inheritdoc/>
    public override string Name => "I/O APIC";

    /// <summary>An input as a line, for what is wired to the I/O APIC alone, as PCI interrupts on pins 16 to 23.</summary>
    public InterruptLine GetLine(int pin) => _lines[pin];

    /// <summary>A redirection entry, for diagnostics.</summary>
    public RedirectionEntry GetEntry(int pin) => _entries[pin];

    /// <summary>Whether an input is asserted, for diagnostics.</summary>
    public bool IsAsserted(int pin) => (uint)pin < PinCount && (_asserted & (1u << pin)) != 0;

    /// <summary>Drives an input. An edge-triggered one sends at the change to asserted, a level-triggered one while it is asserted.</summary>
    public void SetPin(int pin, bool asserted)
    {
        if ((uint)pin >= PinCount)
        {
            return;
        }

        uint bit = 1u << pin;
        if (((_asserted & bit) != 0) == asserted)
        {
            return;
        }

        _asserted ^= bit;
        if (!asserted)
        {
            return;
        }

        ref RedirectionEntry entry = ref _entries[pin];
        if (entry.IsLevel)
        {
            ServeLevel(pin);
        }
        else if (!entry.Masked)
        {
            _bus.Deliver(entry.ToMessage());
        }
    }

    /// <summary>An EOI for a vector came. A level-triggered pin that is still asserted sends again.</summary>
    public void EndOfInterrupt(byte vector)
    {
        for (int pin = 0; pin < PinCount; pin++)
        {
            ref RedirectionEntry entry = ref _entries[pin];
            if (entry.RemoteIrr && entry.Vector == vector)
            {
                entry.RemoteIrr = false;
                ServeLevel(pin);
            }
        }
    }

    /// <inheritdoc/>
    public override ulong ReadMmio(ulong offset, int size)
    {
        uint value = (offset & ~3ul) switch
        {
            SelectOffset => _selected,
            WindowOffset => ReadRegister(_selected),
            _ => 0,
        };

        value >>= (int)(offset & 3) * 8;
        return size >= 4 ? value : value & ((1u << (size * 8)) - 1);
    }

    /// <inheritdoc/>
    public override void WriteMmio(ulong offset, int size, ulong value)
    {
        switch (offset)
        {
            case SelectOffset:
                _selected = (byte)value;
                break;
            case WindowOffset when size >= 4:
                WriteRegister(_selected, (uint)value);
                break;
            case EoiOffset:
                EndOfInterrupt((byte)value);
                break;
        }
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        _entries.AsSpan().Fill(RedirectionEntry.Default);
        _asserted = 0;
        _selected = 0;
        _id = (_initialId & 0xF) << 24;
    }

    private uint ReadRegister(byte register)
    {
        switch (register)
        {
            case IdRegister:
            case ArbitrationRegister:
                return _id;
            case VersionRegister:
                return VersionValue;
        }

        int index = register - FirstEntryRegister;
        return (uint)index < PinCount * 2 ? (uint)(_entries[index >> 1].Value >> ((index & 1) * 32)) : 0;
    }

    private void WriteRegister(byte register, uint value)
    {
        if (register == IdRegister)
        {
            _id = value & 0x0F00_0000;
            return;
        }

        int index = register - FirstEntryRegister;
        if ((uint)index >= PinCount * 2)
        {
            return;
        }

        int pin = index >> 1;
        ref RedirectionEntry entry = ref _entries[pin];
        int shift = (index & 1) * 32;
        ulong writable = RedirectionEntry.Writable & (0xFFFF_FFFFul << shift);
        entry.Value = (entry.Value & ~writable) | (((ulong)value << shift) & writable);

        // An edge has no remote IRR; software clears a stuck one by switching to edge and back.
        if (!entry.IsLevel)
        {
            entry.RemoteIrr = false;
        }

        ServeLevel(pin);
    }

    private void ServeLevel(int pin)
    {
        ref RedirectionEntry entry = ref _entries[pin];
        if (entry.IsLevel && !entry.Masked && !entry.RemoteIrr && (_asserted & (1u << pin)) != 0)
        {
            entry.RemoteIrr = _bus.Deliver(entry.ToMessage());
        }
    }

    private sealed class Pin(IoApic ioApic, int pin) : InterruptLine
    {
        public override void Set(bool asserted) => ioApic.SetPin(pin, asserted);
    }
}
