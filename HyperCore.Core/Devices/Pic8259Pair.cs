namespace HyperCore.Core.Devices;

/// <summary>The two 8259A of a PC: the slave's output is the master's input 2. Ports 20h, 21h, A0h, A1h and the edge/level control registers 4D0h, 4D1h.</summary>
public sealed class Pic8259Pair : Device
{
    /// <summary>The master's first of two ports.</summary>
    public const ushort MasterPort = 0x20;

    /// <summary>The slave's first of two ports.</summary>
    public const ushort SlavePort = 0xA0;

    /// <summary>The first of two edge/level control registers.</summary>
    public const ushort EdgeLevelPort = 0x4D0;

    /// <summary>The master's input where the slave sits.</summary>
    public const int CascadeInput = 2;

    /// <summary>Number of interrupt inputs, counting the cascade.</summary>
    public const int InputCount = 16;

    // Timer, keyboard, cascade, clock and coprocessor are always edges (ICH9 data sheet, 13.4.10 and 13.4.11).
    private const byte MasterLevelInputs = 0xF8;
    private const byte SlaveLevelInputs = 0xDE;

    private readonly InterruptLine _output;

    /// <summary>Builds the pair in power-on state.</summary>
    /// <param name="output">Where INT goes: LINT0 of the boot processor's local APIC.</param>
    public Pic8259Pair(InterruptLine output) => _output = output;

    /// <inheritdoc/>
    public override string Name => "8259";

    /// <summary>The chip of inputs 0 to 7.</summary>
    public Pic8259 Master { get; } = new(isMaster: true, MasterLevelInputs);

    /// <summary>The chip of inputs 8 to 15.</summary>
    public Pic8259 Slave { get; } = new(isMaster: false, SlaveLevelInputs);

    /// <summary>The master's INT output.</summary>
    public bool InterruptOutput => Master.Output;

    /// <summary>Drives an input, 0 to 15; input 2 belongs to the cascade and cannot be driven.</summary>
    public void SetLine(int input, bool asserted)
    {
        if ((uint)input >= InputCount || input == CascadeInput)
        {
            return;
        }

        (input < 8 ? Master : Slave).SetLine(input & 7, asserted);
        Update();
    }

    /// <summary>The processor acknowledges INT.</summary>
    /// <returns>The vector; that of input 7 or 15 when nothing asks any more.</returns>
    public int Acknowledge()
    {
        int vector = Master.Acknowledge(out int input);
        if (input == CascadeInput)
        {
            vector = Slave.Acknowledge(out _);
        }

        Update();
        return vector;
    }

    /// <inheritdoc/>
    public override uint ReadPort(ushort port, int size)
    {
        uint value = 0;
        for (int i = 0; i < size; i++)
        {
            value |= (uint)ReadByte((ushort)(port + i)) << (i * 8);
        }

        Update();
        return value;
    }

    /// <inheritdoc/>
    public override void WritePort(ushort port, int size, uint value)
    {
        for (int i = 0; i < size; i++)
        {
            WriteByte((ushort)(port + i), (byte)(value >> (i * 8)));
        }

        Update();
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        Master.Reset();
        Slave.Reset();
        Update();
    }

    private byte ReadByte(ushort port) => port switch
    {
        MasterPort => Master.Read(a0: false),
        MasterPort + 1 => Master.Read(a0: true),
        SlavePort => Slave.Read(a0: false),
        SlavePort + 1 => Slave.Read(a0: true),
        EdgeLevelPort => Master.EdgeLevelControl,
        EdgeLevelPort + 1 => Slave.EdgeLevelControl,
        _ => 0xFF,
    };

    private void WriteByte(ushort port, byte value)
    {
        switch (port)
        {
            case MasterPort:
                Master.Write(a0: false, value);
                break;
            case MasterPort + 1:
                Master.Write(a0: true, value);
                break;
            case SlavePort:
                Slave.Write(a0: false, value);
                break;
            case SlavePort + 1:
                Slave.Write(a0: true, value);
                break;
            case EdgeLevelPort:
                Master.EdgeLevelControl = value;
                break;
            case EdgeLevelPort + 1:
                Slave.EdgeLevelControl = value;
                break;
        }
    }

    private void Update()
    {
        Master.SetLine(CascadeInput, Slave.Output);
        _output.Set(Master.Output);
    }
}
