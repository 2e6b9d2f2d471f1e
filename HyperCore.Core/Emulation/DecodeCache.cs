using System.Runtime.CompilerServices;
using HyperCore.Core.Memory;
using HyperCore.Core.Paging;
using HyperCore.Core.Processor;
using Iced.Intel;

namespace HyperCore.Core.Emulation;

/// <summary>
/// Decodes the instruction at RIP with Iced's decoder, and remembers what Iced said of the exact same bytes at the exact same RIP in the same
/// mode, because most exits come from few instructions. One byte's difference, a prefix say, asks the decoder again.
/// </summary>
public sealed unsafe class DecodeCache
{
    private const int Entries = 128;

    private readonly GuestPageWalker _walker;
    private readonly InstructionFetcher _fetcher;
    private readonly ByteReader _reader = new();
    private readonly Decoder _decoder16;
    private readonly Decoder _decoder32;
    private readonly Decoder _decoder64;
    private readonly Entry[] _entries = new Entry[Entries];
    private int _current;

    /// <summary>Creates the decoders; nothing is allocated after that.</summary>
    /// <param name="memory">The guest's RAM.</param>
    /// <param name="walker">The walker over its page tables.</param>
    /// <param name="options">Whose instruction set: AMD and Intel differ in a few lengths (66h before a near branch).</param>
    public DecodeCache(GuestMemory memory, GuestPageWalker walker, DecoderOptions options = DecoderOptions.AMD)
    {
        _walker = walker;
        _fetcher = new InstructionFetcher(memory, walker);
        _decoder16 = Decoder.Create(16, _reader, options);
        _decoder32 = Decoder.Create(32, _reader, options);
        _decoder64 = Decoder.Create(64, _reader, options);
    }

    /// <summary>How often the decoder itself was asked.</summary>
    public ulong Misses { get; private set; }

    /// <summary>The instruction of the last <see cref="Decode"/> that was <see cref="FetchResult.Done"/>; valid until the next one.</summary>
    public ref readonly Instruction Current => ref _entries[_current].Instruction;

    /// <summary>The bytes of <see cref="Current"/> and what followed them.</summary>
    public ref readonly InstructionBytes CurrentBytes => ref _entries[_current].Bytes;

    /// <summary>16, 32 or 64: the mode of <see cref="Current"/>.</summary>
    public int Bitness => _entries[_current].Bitness;

    /// <summary>
    /// Decodes the instruction at CS:RIP into <see cref="Current"/>. The faults of its fetch, and of bytes that are no instruction, are set to be
    /// delivered.
    /// </summary>
    public FetchResult Decode(VirtualProcessor cpu)
    {
        ulong rip = cpu.Rip;
        _current = (int)(rip ^ (rip >> 7)) & (Entries - 1);
        ref Entry entry = ref _entries[_current];

        // The short way to what is remembered. An entry with this RIP was fetched before, so RIP is canonical.
        if (entry.Rip == rip && entry.Bitness == 64 && entry.Bytes.Length == InstructionBytes.Max && (rip & 0xFFF) <= 0xFF0
            && Is64Bit(cpu))
        {
            GuestPageAccess access = cpu.Cpl == 3 ? GuestPageAccess.Fetch | GuestPageAccess.User : GuestPageAccess.Fetch;
            byte* host = _walker.Recall(cpu, rip, access);
            if (host != null)
            {
                host += (int)(rip & 0xFFF);
                if (entry.Bytes.Low == *(ulong*)host && entry.Bytes.High == (*(ulong*)(host + 8) & InstructionBytes.HighMask))
                {
                    return FetchResult.Done;
                }
            }
        }

        return DecodeInFull(cpu, rip);
    }

    /// <summary>
    /// Decodes the instruction at CS:RIP of which the processor has handed over bytes: what it executed, whatever is in memory by now. When
    /// they are too few, the rest is fetched.
    /// </summary>
    /// <param name="cpu">The vCPU.</param>
    /// <param name="fetched">The bytes; 16 can be read.</param>
    /// <param name="length">How many of them count: 1 to 15.</param>
    public FetchResult DecodeFetched(VirtualProcessor cpu, byte* fetched, int length)
    {
        ulong rip = cpu.Rip;
        _current = (int)(rip ^ (rip >> 7)) & (Entries - 1);
        ulong low = *(ulong*)fetched;
        ulong high = *(ulong*)(fetched + 8) & InstructionBytes.HighMask;
        ref Entry entry = ref _entries[_current];
        if (entry.Rip == rip && entry.Bitness == 64 && length == InstructionBytes.Max && entry.Bytes.Length == length
            && entry.Bytes.Low == low && entry.Bytes.High == high && Is64Bit(cpu))
        {
            return FetchResult.Done;
        }

        if (length < InstructionBytes.Max)
        {
            // Those beyond the length are zero in InstructionBytes, and anything here.
            low &= length < 8 ? (1ul << (length * 8)) - 1 : ulong.MaxValue;
            high &= length > 8 ? (1ul << ((length - 8) * 8)) - 1 : 0;
        }

        var bytes = new InstructionBytes { Low = low, High = high, Length = length };
        Segment code = cpu.GetSegment(SegmentRegister.Cs);
        return DecodeBytes(cpu, code, rip, Is64Bit(cpu) ? 64 : code.Big ? 32 : 16, ref bytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Is64Bit(VirtualProcessor cpu) =>
        (cpu.CodeAttributes & Segment.LongAttribute) != 0 && (cpu.Efer & ControlBits.EferLongModeActive) != 0;

    private FetchResult DecodeInFull(VirtualProcessor cpu, ulong rip)
    {
        Segment code = cpu.GetSegment(SegmentRegister.Cs);
        return DecodeInFull(cpu, code, rip, Is64Bit(cpu) ? 64 : code.Big ? 32 : 16);
    }

    private FetchResult DecodeInFull(VirtualProcessor cpu, in Segment code, ulong rip, int bitness)
    {
        FetchResult result = _fetcher.Fetch(cpu, code, bitness == 64, out InstructionBytes bytes);
        return result == FetchResult.Done ? DecodeBytes(cpu, code, rip, bitness, ref bytes) : result;
    }

    private FetchResult DecodeBytes(VirtualProcessor cpu, in Segment code, ulong rip, int bitness, ref InstructionBytes bytes)
    {
        ref Entry entry = ref _entries[_current];
        if (entry.Rip == rip && entry.Bytes.Low == bytes.Low && entry.Bytes.High == bytes.High
            && entry.Bytes.Length == bytes.Length && entry.Bitness == bitness)
        {
            return FetchResult.Done;
        }

        return DecodeAnew(cpu, code, rip, bitness, ref bytes);
    }

    private FetchResult DecodeAnew(VirtualProcessor cpu, in Segment code, ulong rip, int bitness, ref InstructionBytes bytes)
    {
        ref Entry entry = ref _entries[_current];
        Decoder decoder = bitness == 64 ? _decoder64 : bitness == 32 ? _decoder32 : _decoder16;
        bool complete = true;
        while (true)
        {
            Misses++;
            _reader.Start(bytes);
            decoder.IP = rip;
            decoder.Decode(out entry.Instruction);
            if (decoder.LastError != DecoderError.NoMoreBytes)
            {
                break;
            }

            complete = false;
            entry.Bitness = 0;
            FetchResult result = _fetcher.FetchMore(cpu, code, bitness == 64, ref bytes);
            if (result != FetchResult.Done)
            {
                return result;
            }
        }

        entry.Rip = rip;
        entry.Bytes = bytes;

        // An instruction that crosses a page is not remembered: a look-up compares the bytes of the first page only.
        entry.Bitness = bitness;
        if (!complete)
        {
            entry.Bytes.Length = 0;
        }

        return entry.Instruction.Code == Code.INVALID ? RaiseInvalid(cpu, ref entry) : FetchResult.Done;
    }

    /// <summary>Bytes that are no instruction: #UD, or #GP when there were more than 15 of them (APM vol. 2, 8.2.14). Not remembered.</summary>
    private static FetchResult RaiseInvalid(VirtualProcessor cpu, ref Entry entry)
    {
        entry.Bitness = 0;
        bool tooLong = entry.Instruction.Length >= InstructionBytes.Max;
        cpu.InjectException(tooLong ? ExceptionVector.GeneralProtection : ExceptionVector.InvalidOpcode);
        return FetchResult.FaultInjected;
    }

    private struct Entry
    {
        public ulong Rip;
        public InstructionBytes Bytes;
        public int Bitness;
        public Instruction Instruction;
    }

    private sealed class ByteReader : CodeReader
    {
        private InstructionBytes _bytes;
        private int _position;

        public void Start(in InstructionBytes bytes)
        {
            _bytes = bytes;
            _position = 0;
        }

        public override int ReadByte() => _position < _bytes.Length ? _bytes[_position++] : -1;
    }
}
