using System;
using HyperCore.Core.Console;
using HyperCore.Efi.Cpu;

namespace HyperCore.Efi.Drivers;

/// <summary>
/// A serial port with a 16550A (National Semiconductor PC16550D data sheet). Output is polled, in bursts of the transmit FIFO's size, and
/// never waits longer than the port could need; input is interrupt-driven.
/// </summary>
public sealed class Serial16550 : ByteSink
{
    /// <summary>First I/O port of COM1.</summary>
    public const ushort Com1 = 0x3F8;

    /// <summary>First I/O port of COM2.</summary>
    public const ushort Com2 = 0x2F8;

    private const int Data = 0;
    private const int DivisorLow = 0;
    private const int InterruptEnable = 1;
    private const int DivisorHigh = 1;
    private const int InterruptIdentification = 2;
    private const int FifoControl = 2;
    private const int LineControl = 3;
    private const int ModemControl = 4;
    private const int LineStatus = 5;
    private const int ModemStatus = 6;
    private const int Scratch = 7;

    private const byte LineControl8N1 = 0x03;
    private const byte LineControlDivisorLatch = 0x80;
    private const byte FifoEnableAndClear = 0x07;
    private const byte FifoReceiveTrigger8 = 0x80;
    private const byte ModemControlReady = 0x0B;
    private const byte ModemControlLoopbackTest = 0x1A;
    private const byte ModemStatusLoopbackTest = 0x90;
    private const byte LineStatusDataReady = 0x01;
    private const byte LineStatusTransmitEmpty = 0x20;
    private const byte InterruptReceive = 0x01;

    // 115200 baud: 16 characters leave within 1.4 ms, and a port read takes about 1 us. A terminal that stopped the line may hold us this long once.
    private const int MaxPolls = 50_000;
    private const int TransmitFifo = 16;
    private const int MaxBytesPerInterrupt = 256;

    private readonly ushort _port;
    private readonly InputRing _input = new(1024);
    private int _room;
    private bool _stuck;

    /// <summary>A driver for the port at <paramref name="port"/>; the hardware is not touched yet.</summary>
    public Serial16550(ushort port) => _port = port;

    /// <summary>Bytes that were received.</summary>
    public InputRing Input => _input;

    /// <summary>There is a UART, as <see cref="Initialize"/> found.</summary>
    public bool IsPresent { get; private set; }

    /// <summary>The ISA interrupt of the port.</summary>
    public int Irq => _port is Com1 or 0x3E8 ? 4 : 3;

    /// <summary>Looks for the UART and sets it to 115200 baud, 8 data bits, no parity, FIFOs on, interrupts off.</summary>
    /// <returns>There is one.</returns>
    public bool Initialize()
    {
        IsPresent = Probe();
        if (IsPresent)
        {
            Out(InterruptEnable, 0);
            Out(LineControl, LineControlDivisorLatch | LineControl8N1);
            Out(DivisorLow, 1);
            Out(DivisorHigh, 0);
            Out(LineControl, LineControl8N1);
            Out(FifoControl, FifoEnableAndClear | FifoReceiveTrigger8);
            Out(ModemControl, ModemControlReady);
            _room = 0;
        }

        return IsPresent;
    }

    /// <summary>Lets the port interrupt when bytes arrive, and says what then takes them. The route to the vector is the I/O APIC's.</summary>
    public InterruptHandler EnableReceiveInterrupt()
    {
        var handler = new ReceiveHandler(this);
        if (IsPresent)
        {
            handler.Handle();
            Out(InterruptEnable, InterruptReceive);
        }

        return handler;
    }

    /// <summary>Writes bytes. A port that does not move within a bounded time drops them, and is not waited for again until it does.</summary>
    public override void Write(ReadOnlySpan<byte> bytes)
    {
        if (!IsPresent)
        {
            return;
        }

        for (int i = 0; i < bytes.Length; i++)
        {
            Write(bytes[i]);
        }
    }

    /// <summary>Writes one byte, see <see cref="Write(ReadOnlySpan{byte})"/>.</summary>
    public void Write(byte value)
    {
        if (_room == 0)
        {
            if (!IsPresent || !WaitForTransmit())
            {
                return;
            }

            // Transmitter empty means, with FIFOs on, that all of the FIFO is.
            _room = TransmitFifo;
        }

        _room--;
        Out(Data, value);
    }

    /// <summary>Takes received bytes without an interrupt.</summary>
    public void Poll()
    {
        for (int i = 0; i < MaxBytesPerInterrupt && (In(LineStatus) & LineStatusDataReady) != 0; i++)
        {
            _input.Put(In(Data), 0);
        }
    }

    private bool WaitForTransmit()
    {
        int polls = _stuck ? 1 : MaxPolls;
        for (int i = 0; i < polls; i++)
        {
            if ((In(LineStatus) & LineStatusTransmitEmpty) != 0)
            {
                _stuck = false;
                return true;
            }

            Intrinsics.Pause();
        }

        _stuck = true;
        return false;
    }

    private bool Probe()
    {
        // Where nothing answers the bus reads FFh. The scratch register keeps what is written; in loopback RTS and OUT2 come back as CTS and DCD.
        if (!Keeps(0x5A) || !Keeps(0xA5))
        {
            return false;
        }

        byte modemControl = In(ModemControl);
        Out(ModemControl, ModemControlLoopbackTest);
        bool answers = (In(ModemStatus) & 0xF0) == ModemStatusLoopbackTest;
        Out(ModemControl, modemControl);
        return answers;
    }

    private bool Keeps(byte value)
    {
        Out(Scratch, value);
        return In(Scratch) == value;
    }

    private byte In(int register) => Intrinsics.In8((ushort)(_port + register));

    private void Out(int register, byte value) => Intrinsics.Out8((ushort)(_port + register), value);

    private sealed class ReceiveHandler : InterruptHandler
    {
        private readonly Serial16550 _serial;

        public ReceiveHandler(Serial16550 serial) => _serial = serial;

        public override void Handle()
        {
            // Reading the identification and the data takes the cause away; a line-status error has none of its own to clear, as it is not enabled.
            _serial.In(InterruptIdentification);
            _serial.Poll();
            if (_serial._input.HasInput)
            {
                Attention.Request();
            }
        }
    }
}
