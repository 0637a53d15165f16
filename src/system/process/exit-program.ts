/** A program for Linux that does nothing: 64-bit or 32-bit ELF, and the instructions of exit(0). */
interface Machine {
  readonly elf: 32 | 64;
  /** https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html, e_machine. */
  readonly id: number;
  readonly flags: number;
  readonly code: readonly number[];
}

const MACHINES: Readonly<Record<string, Machine>> = {
  // xor edi, edi; mov eax, 60; syscall
  amd64: { elf: 64, id: 62, flags: 0, code: [0x31, 0xff, 0xb8, 0x3c, 0, 0, 0, 0x0f, 0x05] },
  // mov x8, #93; mov x0, #0; svc #0
  arm64: {
    ...{ elf: 64, id: 183, flags: 0 },
    code: [0xa8, 0x0b, 0x80, 0xd2, 0, 0, 0x80, 0xd2, 0x01, 0, 0, 0xd4],
  },
  // mov r7, #1; mov r0, #0; svc 0
  arm: {
    ...{ elf: 32, id: 40, flags: 0x0500_0000 },
    code: [0x01, 0x70, 0xa0, 0xe3, 0, 0, 0xa0, 0xe3, 0, 0, 0, 0xef],
  },
};

const ADDRESS = 0x40_0000;
const ALIGNMENT = 0x1_0000;
const EXECUTABLE = 2;
const LOAD = 1;
const READ_AND_EXECUTE = 5;

/** The smallest program for an architecture. Running it shows whether this machine runs programs of that architecture. */
export function makeExitProgram(architecture: string): Buffer | undefined {
  const machine = MACHINES[architecture];
  return machine && (machine.elf === 64 ? makeElf64(machine) : makeElf32(machine));
}

function makeElf64({ id, flags, code }: Machine): Buffer {
  const headers = 64 + 56;
  const size = headers + code.length;
  return Buffer.concat([
    identification(2),
    ...[u16(EXECUTABLE), u16(id), u32(1), u64(ADDRESS + headers), u64(64), u64(0), u32(flags)],
    ...[64, 56, 1, 64, 0, 0].map(u16),
    ...[u32(LOAD), u32(READ_AND_EXECUTE)],
    ...[0, ADDRESS, ADDRESS, size, size, ALIGNMENT].map(u64),
    Buffer.from(code),
  ]);
}

function makeElf32({ id, flags, code }: Machine): Buffer {
  const headers = 52 + 32;
  const size = headers + code.length;
  return Buffer.concat([
    identification(1),
    ...[u16(EXECUTABLE), u16(id), u32(1), u32(ADDRESS + headers), u32(52), u32(0), u32(flags)],
    ...[52, 32, 1, 40, 0, 0].map(u16),
    ...[LOAD, 0, ADDRESS, ADDRESS, size, size, READ_AND_EXECUTE, ALIGNMENT].map(u32),
    Buffer.from(code),
  ]);
}

/** Little-endian, version 1, of System V. `wordClass` is 1 for 32 bits and 2 for 64. */
function identification(wordClass: number): Buffer {
  return Buffer.from([0x7f, 0x45, 0x4c, 0x46, wordClass, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
